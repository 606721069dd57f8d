/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_listen(): the listener, its descriptor and its backlog. */
#include "support.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

START_TEST(listener_is_non_blocking_and_listens)
{
	struct unix_listener *listener = listen_at("s", NULL);
	int fd = unix_listener_fileno(listener);
	int listens = 0;
	socklen_t size = sizeof(listens);

	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens,
	    &size), 0);
	ck_assert_int_eq(listens, 1);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(every_descriptor_is_close_on_exec)
{
	struct unix_listener *listener;

	listener = listen_at("s", NULL);
	expect_close_on_exec();
	succeeds(unix_close(listener));
}
END_TEST

/* Whether a program that we execute has the listener's descriptor. */
static int
survives_exec(const struct unix_listener *listener)
{
	char command[40];
	pid_t child;

	snprintf(command, sizeof(command), "test -e /dev/fd/%d",
	    unix_listener_fileno(listener));
	child = fork();
	if (child == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	return child_status(child) == 0;
}

START_TEST(only_an_inherited_listener_survives_exec)
{
	struct unix_options inherit = { .flags = UNIX_INHERIT };
	struct unix_listener *private = listen_at("p", NULL);
	struct unix_listener *inherited = listen_at("i", &inherit);

	ck_assert(!survives_exec(private));
	ck_assert(survives_exec(inherited));
	/* Only this descriptor; others of the listener are close-on-exec. */
	ck_assert_int_eq(fcntl(unix_listener_fileno(inherited), F_SETFD,
	    FD_CLOEXEC), 0);
	expect_close_on_exec();
	succeeds(unix_close(private));
	succeeds(unix_close(inherited));
}
END_TEST

START_TEST(backlog_admits_one_more_than_its_number)
{
	const int backlogs[] = { 0, UNIX_BACKLOG, 1, 3 };
	const int clients[] = { 11, 11, 2, 4 };
	struct unix_options options = { .backlog = backlogs[_i] };
	struct unix_listener *listener = listen_at("s", &options);
	struct unix_ports client[11];

	fill_backlog("s", client, clients[_i]);
	abandon_all(client, clients[_i]);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(directory_without_write_permission_is_eacces)
{
	ck_assert_int_eq(mkdir("d", 0555), 0);
	become_user();
	ck_assert_ptr_null(unix_listen("d/s", of_kind(NULL)));
	ck_assert_int_eq(errno, EACCES);
	become_self();
}
END_TEST

START_TEST(shortage_of_descriptors_leaves_nothing)
{
	struct unix_listener *listener;

	begin_shortage(_i);
	errno = 0;
	listener = unix_listen("s", of_kind(NULL));
	ck_assert_ptr_null(listener);
	ck_assert_int_eq(errno, EMFILE);
	end_shortage();
	ck_assert_int_eq(access("s", F_OK), -1);
}
END_TEST

START_TEST(null_listener_is_einval)
{
	fails(unix_listener_fileno(NULL), EINVAL);
	errno = 0;
	ck_assert_ptr_null(unix_listener_path(NULL));
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(unix_sockets_are_available)
{
	answers(unix_available(), 1);
}
END_TEST

START_TEST(shortage_does_not_make_them_unavailable)
{
	begin_shortage(0);
	answers(unix_available(), 1);
	end_shortage();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *shortage = add_case(suite, "shortage");
	TCase *errors = add_case(suite, "errors");

	tcase_add_test(core, listener_is_non_blocking_and_listens);
	tcase_add_test(core, every_descriptor_is_close_on_exec);
	tcase_add_test(core, only_an_inherited_listener_survives_exec);
	tcase_add_loop_test(core, backlog_admits_one_more_than_its_number,
	    0, 4);
	tcase_add_test(core, unix_sockets_are_available);
	tcase_add_test(shortage, shortage_does_not_make_them_unavailable);
	tcase_add_test(errors, directory_without_write_permission_is_eacces);
	tcase_add_loop_test(shortage, shortage_of_descriptors_leaves_nothing,
	    0, 4);
	tcase_add_test(errors, null_listener_is_einval);
}

int
main(void)
{
	return run_kinds("listen", fill);
}
