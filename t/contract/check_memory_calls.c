/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that cannot be had: each allocation of a call fails in its turn.
 * The call then reports ENOMEM, leaves nothing behind (the fixture counts)
 * and succeeds when it is tried again.
 */
#include "support.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interpose.h"

static struct unix_listener *listener;

/*
 * What streams are made of: each part fails in its turn, until a turn comes
 * that none is left for.
 */

static struct unix_options roomy;
static struct unix_ports made[2];
static int raw[2];

static int
make_pair(void)
{
	return unix_pair(of_kind(&roomy), made);
}

static int
make_client(void)
{
	return unix_connect("s", of_kind(&roomy), made);
}

static int
make_server(void)
{
	return unix_accept(listener, made);
}

static int
make_from_socket(void)
{
	return unix_open_ports(raw[0], of_kind(&roomy), made);
}

static int (*const makers[])(void) = { make_pair, make_client, make_server,
    make_from_socket };
static const char *const parts[2][3] = {
	{ "malloc", "fdopen" },
	{ "malloc", "fopencookie", "mmap" }
};

#define MAKERS	((int)COUNT(makers))
#define PARTS	(guarded ? 3 : 2)

/* How many turns failed before MAKE succeeded. */
static int
fail_in_turn(int (*make)(void), const char *part)
{
	int turn, result;

	for (turn = 1;; turn++) {
		fail_next(part, turn, ENOMEM);
		errno = 0;
		result = make();
		if (is_pending())
			break;
		ck_assert_int_eq(result, -1);
		ck_assert_int_eq(errno, ENOMEM);
	}
	forget_next();
	ck_assert_int_eq(result, 0);
	return turn - 1;
}

START_TEST(streams_that_cannot_be_made_leave_nothing)
{
	int (*const make)(void) = makers[_i % MAKERS];
	struct unix_ports client = { .in = NULL };

	/* Buffers of an unusual size are not kept for the next turn. */
	roomy.buffer_size = guarded ? 100000 : 0;
	roomy.flags = guarded ? UNIX_FILES : 0;
	listener = listen_at("s", &roomy);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, raw), 0);
	/* For the server; and the first ports of all ask for pthread_atfork. */
	succeeds(unix_connect("s", of_kind(NULL), &client));
	ck_assert_int_ge(fail_in_turn(make, parts[guarded][_i / MAKERS]), 1);
	abandon_all(made, 2);
	succeeds(unix_abandon_ports(&client));
	succeeds(unix_close(listener));
	close(raw[1]);
	if (make != make_from_socket)
		ck_assert_int_eq(close(raw[0]), 0);
}
END_TEST

START_TEST(buffers_are_kept_for_those_of_their_size_alone)
{
	struct unix_ports usual[2];

	roomy.buffer_size = 1;
	succeeds(make_pair());
	abandon_all(made, 2);
	fail_next("mmap", 1, ENOMEM);
	fails(unix_pair(of_kind(NULL), usual), ENOMEM);
	ck_assert(!is_pending());
	succeeds(unix_pair(of_kind(NULL), usual));
	abandon_all(usual, 2);
	/* Kept ones need no memory. */
	fail_next("mmap", 1, ENOMEM);
	succeeds(unix_pair(of_kind(NULL), usual));
	ck_assert(is_pending());
	fails(make_pair(), ENOMEM);
	ck_assert(!is_pending());
	abandon_all(usual, 2);
}
END_TEST

START_TEST(listener_that_cannot_be_made_leaves_nothing)
{
	fail_next("malloc", 1, ENOMEM);
	ck_assert_ptr_null(unix_listen("s", of_kind(NULL)));
	ck_assert_int_eq(errno, ENOMEM);
	ck_assert(!is_pending());
	ck_assert_int_eq(access("s", F_OK), -1);
	listener = listen_at("s", NULL);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(runtime_path_without_memory_is_enomem)
{
	char here[4096];
	char *path;
	int turn;

	ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
	ck_assert_int_eq(chmod(here, 0700), 0);
	ck_assert_int_eq(setenv("XDG_RUNTIME_DIR", here, 1), 0);
	for (turn = 1;; turn++) {
		fail_next("malloc", turn, ENOMEM);
		errno = 0;
		path = unix_runtime_path("s");
		if (is_pending())
			break;
		ck_assert_ptr_null(path);
		ck_assert_int_eq(errno, ENOMEM);
	}
	forget_next();
	ck_assert_int_ge(turn, 2);
	ck_assert_ptr_nonnull(path);
	free(path);
}
END_TEST

/* The part that is here already is not lost. */
START_TEST(line_and_frame_go_on_once_there_is_memory)
{
	int (*const get)(FILE *, struct unix_buffer *, size_t) =
	    _i == 0 ? unix_get_line : unix_get_frame;
	struct unix_buffer buffer = { .bytes = NULL };
	struct unix_ports pair[2];
	char text[1000];

	memset(text, 'x', sizeof(text));
	succeeds(unix_pair(of_kind(NULL), pair));
	if (_i == 0) {
		ck_assert_uint_eq(fwrite(text, 1, sizeof(text), pair[0].out),
		    sizeof(text));
		say(pair[0].out, "\n");
	} else {
		succeeds(unix_put_frame(pair[0].out, text, sizeof(text)));
		ck_assert_int_eq(fflush(pair[0].out), 0);
	}
	fail_next("realloc", 1, ENOMEM);
	fails(get(pair[1].in, &buffer, 0), ENOMEM);
	ck_assert(!is_pending());
	answers(get(pair[1].in, &buffer, 0), 1);
	ck_assert_uint_eq(buffer.length, sizeof(text));
	ck_assert_int_eq(memcmp(buffer.bytes, text, sizeof(text)), 0);
	unix_free_buffer(&buffer);
	abandon_all(pair, 2);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *calls = add_case(suite, "calls");
	/* valgrind has a malloc(3) of its own. */
	TCase *shortage = add_case(suite, "shortage");

	tcase_add_loop_test(shortage,
	    streams_that_cannot_be_made_leave_nothing, 0, MAKERS);
	tcase_add_loop_test(calls, streams_that_cannot_be_made_leave_nothing,
	    MAKERS, PARTS * MAKERS);
	if (guarded)
		tcase_add_test(calls,
		    buffers_are_kept_for_those_of_their_size_alone);
	tcase_add_test(shortage,
	    listener_that_cannot_be_made_leaves_nothing);
	tcase_add_test(shortage, runtime_path_without_memory_is_enomem);
	tcase_add_loop_test(shortage,
	    line_and_frame_go_on_once_there_is_memory, 0, 2);
}

int
main(void)
{
	return run_kinds("memory_calls", fill);
}
