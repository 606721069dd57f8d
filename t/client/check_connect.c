/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_connect(): addresses that it accepts, and each error. */
#include "support.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

START_TEST(text_goes_both_ways)
{
	struct connection c;

	open_connection(&c, 0, NULL);
	say(c.client.out, "question\n");
	expect(c.server.in, "question\n");
	say(c.server.out, "answer\n");
	expect(c.client.in, "answer\n");
	close_connection(&c);
}
END_TEST

START_TEST(every_descriptor_is_close_on_exec)
{
	struct unix_listener *listener = listen_at("s", NULL);
	struct unix_ports client;

	succeeds(unix_connect("s", of_kind(NULL), &client));
	expect_close_on_exec();
	succeeds(unix_close_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

/* The options of a listener apply to its connections, not to the clients. */
START_TEST(kinds_talk_to_each_other)
{
	const struct unix_options other = { .flags = guarded ? 0 :
	    UNIX_GUARDED };
	struct connection c = { .listener = listen_at("s", NULL) };

	succeeds(unix_connect("s", &other, &c.client));
	succeeds(unix_accept(c.listener, &c.server));
	ck_assert_int_eq(fileno(c.server.in) == -1, guarded);
	ck_assert_int_eq(fileno(c.client.in) == -1, !guarded);
	say(c.client.out, "question\n");
	expect(c.server.in, "question\n");
	say(c.server.out, "answer\n");
	expect(c.client.in, "answer\n");
	close_connection(&c);
}
END_TEST

START_TEST(missing_server_is_ENOENT)
{
	cannot_connect("s", NULL, ENOENT);
	ck_assert_int_eq(symlink("nowhere", "s"), 0);
	cannot_connect("s", NULL, ENOENT);
}
END_TEST

START_TEST(stale_socket_is_ECONNREFUSED)
{
	switch (_i) {
	case 0: close(bind_socket(SOCK_STREAM)); break;
	case 1: close(open("s", O_CREAT | O_WRONLY, 0600)); break;
	case 2: ck_assert_int_eq(mkdir("s", 0700), 0); break;
	case 3: ck_assert_int_eq(mkfifo("s", 0600), 0); break;
	}
	cannot_connect("s", NULL, ECONNREFUSED);
}
END_TEST

START_TEST(socket_of_another_type_is_eprototype)
{
	int fd = bind_socket(SOCK_DGRAM);

	cannot_connect("s", NULL, EPROTOTYPE);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

START_TEST(file_of_another_user_is_eacces)
{
	struct unix_listener *listener = listen_at("s", NULL);

	if (geteuid() != 0)
		ck_assert_int_eq(chmod("s", 0), 0);
	become_user();
	cannot_connect("s", NULL, EACCES);
	become_self();
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(shortage_of_descriptors_is_emfile)
{
	struct unix_listener *listener = listen_at("s", NULL);

	begin_shortage(_i);
	cannot_connect("s", NULL, EMFILE);
	end_shortage();
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(null_ports_are_einval)
{
	fails(unix_connect("s", of_kind(NULL), NULL), EINVAL);
}
END_TEST

START_TEST(client_of_a_listener_that_ends_reads_econnreset_and_the_end)
{
	struct unix_listener *listener = listen_at("s", NULL);
	struct unix_ports client;

	succeeds(unix_connect("s", of_kind(NULL), &client));
	succeeds(unix_close(listener));
	ck_assert_int_eq(getc(client.in), EOF);
	ck_assert_int_eq(errno, ECONNRESET);
	ck_assert(ferror(client.in));
	clearerr(client.in);
	expect_end(client.in);
	succeeds(unix_close_ports(&client));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *shortage = add_case(suite, "shortage");
	TCase *errors = add_case(suite, "errors");

	tcase_add_test(core, text_goes_both_ways);
	tcase_add_test(core, every_descriptor_is_close_on_exec);
	tcase_add_test(core, kinds_talk_to_each_other);
	tcase_add_test(errors, missing_server_is_ENOENT);
	tcase_add_loop_test(errors, stale_socket_is_ECONNREFUSED, 0, 4);
	tcase_add_test(errors, socket_of_another_type_is_eprototype);
	tcase_add_test(errors, file_of_another_user_is_eacces);
	/* Plain ports have a second descriptor. */
	tcase_add_loop_test(shortage, shortage_of_descriptors_is_emfile,
	    0, guarded ? 1 : 2);
	tcase_add_test(errors, null_ports_are_einval);
	tcase_add_test(errors,
	    client_of_a_listener_that_ends_reads_econnreset_and_the_end);
}

int
main(void)
{
	return run_kinds("connect", fill);
}
