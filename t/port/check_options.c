/* SPDX-License-Identifier: BSD-2-Clause */
/* Options that each call rejects or ignores. */
#include "support.h"

#include <sys/socket.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define LISTEN	1u
#define CONNECT	2u
#define PORTS	4u
#define ALL	(LISTEN | CONNECT | PORTS)

/* Options, and the calls that reject them with EINVAL; 0 is none. */
static char somewhere;
static const struct {
	struct unix_options options;
	unsigned calls;
} given[] = {
	{ { .flags = 0x400u }, ALL },
	{ { .flags = 0x80000000u }, ALL },
	{ { .reserved = { &somewhere } }, ALL },
	{ { .reserved = { NULL, &somewhere } }, ALL },
	{ { .sigpipe = (enum unix_sigpipe)4 }, ALL },
	{ { .sigpipe = (enum unix_sigpipe)99 }, ALL },
	{ { .backlog = -1 }, LISTEN },
	{ { .accept_timeout = -2 }, LISTEN },
	{ { .mode = 01000 }, LISTEN },
	{ { .group = (gid_t)-1 }, LISTEN },
	{ { .owner = (uid_t)-1 }, LISTEN },
	{ { .mode = 0660, .flags = 0x400u }, ALL },
	{ { .flags = UNIX_DATAGRAM, .sigpipe = UNIX_SIGPIPE_RAISE }, LISTEN },
	{ { .flags = UNIX_DATAGRAM | UNIX_SAME_USER }, LISTEN },
	{ { .connect_timeout = -1 }, 0 },
	{ { .connect_timeout = -2 }, CONNECT },
	{ { .connect_timeout = -1, .flags = UNIX_WAIT }, CONNECT },
	/* Options that plain ports do not support. */
	{ { .read_timeout = 1 }, ALL },
	{ { .read_timeout = -1 }, ALL },
	{ { .write_timeout = 1 }, ALL },
	{ { .write_timeout = -1 }, ALL },
	{ { .buffer_size = 1 }, ALL },
	{ { .output_limit = 1 }, ALL },
	{ { .flags = UNIX_UNTIED }, ALL },
	{ { .flags = UNIX_FILES }, ALL },
	{ { .flags = UNIX_UNLOCKED }, ALL },
	{ { .flags = UNIX_DATAGRAM, .read_timeout = 1 }, ALL },
	{ { .flags = UNIX_DATAGRAM | UNIX_UNLOCKED }, ALL },
	/* Options that guarded ports support, and invalid ones. */
	{ { .flags = UNIX_GUARDED }, 0 },
	{ { .flags = UNIX_GUARDED, .read_timeout = 1 }, 0 },
	{ { .flags = UNIX_GUARDED, .read_timeout = -2 }, ALL },
	{ { .flags = UNIX_GUARDED, .read_timeout = INT_MIN }, ALL },
	{ { .flags = UNIX_GUARDED, .write_timeout = 1 }, 0 },
	{ { .flags = UNIX_GUARDED, .write_timeout = -1 }, 0 },
	{ { .flags = UNIX_GUARDED, .write_timeout = -2 }, ALL },
	{ { .flags = UNIX_GUARDED, .buffer_size = 1 }, 0 },
	{ { .flags = UNIX_GUARDED, .sigpipe = UNIX_SIGPIPE_ERROR }, 0 },
	{ { .flags = UNIX_GUARDED, .sigpipe = (enum unix_sigpipe)4 }, ALL },
	{ { .flags = UNIX_GUARDED | UNIX_UNTIED }, 0 },
	{ { .flags = UNIX_GUARDED | UNIX_FILES }, 0 },
	{ { .flags = UNIX_GUARDED | UNIX_UNLOCKED }, 0 },
	{ { .flags = UNIX_GUARDED | 0x400u }, ALL },
	{ { .flags = UNIX_GUARDED, .reserved = { &somewhere } }, ALL },
	{ { .flags = UNIX_GUARDED, .output_limit = (size_t)-1 }, 0 },
	{ { .flags = UNIX_GUARDED, .connect_timeout = -1 }, 0 },
	{ { .flags = UNIX_GUARDED, .connect_timeout = -2 }, CONNECT },
	{ { .flags = UNIX_GUARDED, .accept_timeout = -2 }, LISTEN },
	/* A datagram socket has no ports. */
	{ { .flags = UNIX_DATAGRAM | UNIX_GUARDED }, LISTEN },
	{ { .flags = UNIX_DATAGRAM | UNIX_GUARDED | UNIX_UNTIED }, LISTEN },
	{ { .flags = UNIX_DATAGRAM | UNIX_GUARDED | UNIX_FILES }, LISTEN },
	{ { .flags = UNIX_DATAGRAM | UNIX_GUARDED, .read_timeout = 1 },
	    LISTEN },
	{ { .flags = UNIX_DATAGRAM | UNIX_GUARDED, .buffer_size = 1 },
	    LISTEN },
};

/* One structure for a server and its clients. */
static const struct unix_options shared[] = { {
	.flags = UNIX_WAIT | UNIX_INHERIT | UNIX_SAME_USER | UNIX_NO_RECLAIM,
	.backlog = 3,
	.mode = 0640,
	.connect_timeout = 5000,
	.accept_timeout = 5000,
}, {
	.flags = UNIX_WAIT | UNIX_INHERIT | UNIX_SAME_USER | UNIX_NO_RECLAIM |
	    UNIX_GUARDED | UNIX_UNTIED | UNIX_FILES,
	.backlog = 3,
	.mode = 0640,
	.connect_timeout = 5000,
	.accept_timeout = 5000,
	.read_timeout = 5000,
	.write_timeout = 5000,
	.sigpipe = UNIX_SIGPIPE_ERROR,
	.buffer_size = 4096,
} };

START_TEST(listen_rejects_invalid_options)
{
	int refuses = (given[_i].calls & LISTEN) != 0;
	struct unix_listener *listener;

	errno = 0;
	listener = unix_listen("s", &given[_i].options);
	ck_assert_int_eq(listener == NULL, refuses);
	if (refuses) {
		ck_assert_int_eq(errno, EINVAL);
		ck_assert_int_eq(access("s", F_OK), -1);
	}
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(connect_rejects_invalid_options)
{
	struct unix_listener *listener = listen_at("s", NULL);
	struct unix_ports client = { .in = NULL };

	if ((given[_i].calls & CONNECT) != 0)
		fails(unix_connect("s", &given[_i].options, &client), EINVAL);
	else
		succeeds(unix_connect("s", &given[_i].options, &client));
	succeeds(unix_close_ports(&client));
	answers(unix_accept_ready(listener),
	    (given[_i].calls & CONNECT) == 0);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(pair_and_open_ports_reject_invalid_options)
{
	struct unix_ports pair[2] = { { .in = NULL }, { .in = NULL } };
	struct unix_ports ports;
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	if ((given[_i].calls & PORTS) != 0) {
		fails(unix_pair(&given[_i].options, pair), EINVAL);
		fails(unix_open_ports(fd[0], &given[_i].options, &ports),
		    EINVAL);
		ck_assert_int_eq(close(fd[0]), 0);
	} else {
		succeeds(unix_pair(&given[_i].options, pair));
		say(pair[0].out, "x\n");
		expect(pair[1].in, "x\n");
		succeeds(unix_open_ports(fd[0], &given[_i].options,
		    &ports));
		succeeds(unix_close_ports(&ports));
	}
	succeeds(unix_close_ports(&pair[0]));
	succeeds(unix_close_ports(&pair[1]));
	ck_assert_int_eq(close(fd[1]), 0);
}
END_TEST

START_TEST(buffers_beyond_all_memory_are_enomem)
{
	const size_t sizes[] = { SIZE_MAX, SIZE_MAX / 2, UNHELD };
	struct unix_options options = { .flags = UNIX_GUARDED,
	    .buffer_size = sizes[_i] };
	struct unix_listener *listener = listen_at("s", &options);
	struct unix_ports client, pair[2];

	fails(unix_pair(&options, pair), ENOMEM);
	fails(unix_connect("s", &options, &client), ENOMEM);
	succeeds(unix_connect("s", NULL, &client));
	fails(unix_accept(listener, pair), ENOMEM);
	answers(unix_accept_ready(listener), 1);
	succeeds(unix_abandon_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(one_structure_serves_server_and_client)
{
	struct connection c;

	open_connection(&c, _i % WAYS, &shared[_i / WAYS]);
	say(c.client.out, "x\n");
	expect(c.server.in, "x\n");
	close_connection(&c);
}
END_TEST

START_TEST(options_are_copied)
{
	struct unix_options options = { .accept_timeout = -1,
	    .flags = _i == 0 ? 0 : UNIX_GUARDED };
	struct unix_listener *listener = listen_at("s", &options);
	struct unix_ports client, server;

	memset(&options, 0xff, sizeof(options));
	fails(unix_accept(listener, &server), ETIMEDOUT);
	succeeds(unix_connect("s", NULL, &client));
	succeeds(unix_accept(listener, &server));
	ck_assert_int_eq(fileno(server.in) == -1, _i);
	succeeds(unix_close_ports(&server));
	succeeds(unix_close_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("options");
	TCase *errors = add_case(suite, "errors");
	TCase *core = add_case(suite, "core");
	TCase *shortage = add_case(suite, "shortage");

	tcase_add_loop_test(errors, listen_rejects_invalid_options, 0,
	    COUNT(given));
	tcase_add_loop_test(errors, connect_rejects_invalid_options, 0,
	    COUNT(given));
	tcase_add_loop_test(errors, pair_and_open_ports_reject_invalid_options,
	    0, COUNT(given));
	tcase_add_loop_test(shortage, buffers_beyond_all_memory_are_enomem,
	    0, 3);
	tcase_add_loop_test(core, one_structure_serves_server_and_client,
	    0, 2 * WAYS);
	tcase_add_loop_test(core, options_are_copied, 0, 2);
	return run_suite(suite);
}
