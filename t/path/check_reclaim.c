/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A path at which a file exists: the file of a crashed process is reclaimed,
 * and no other file is removed or displaced.
 */
#include "support.h"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Makes a stale socket file, as a killed process leaves it. */
static void
leave_stale(const char *path, int type)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	strcpy(name.sun_path, path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	ck_assert_int_eq(close(fd), 0);
}

static void
make_file(const char *path)
{
	ck_assert_int_eq(close(open(path, O_CREAT | O_WRONLY, 0640)), 0);
}

static void
expect_untouched(const char *path, const struct unix_options *options,
    int error)
{
	struct stat before, after;

	ck_assert_int_eq(lstat(path, &before), 0);
	cannot_listen(path, options, error);
	ck_assert_int_eq(lstat(path, &after), 0);
	ck_assert_int_eq(before.st_ino, after.st_ino);
	ck_assert_int_eq(before.st_mode, after.st_mode);
	ck_assert_int_eq(before.st_ctime, after.st_ctime);
}

START_TEST(stale_socket_is_reclaimed)
{
	const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
	struct unix_listener *listener;
	struct stat status;

	leave_stale("s", types[_i]);
	ck_assert_int_eq(chmod("s", 0777), 0);
	listener = listen_at("s", NULL);
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_int_eq(status.st_mode, S_IFSOCK | 0600);
	expect_reachable(listener, "s");
	succeeds(unix_close(listener));
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

START_TEST(path_of_a_killed_server_is_free_again)
{
	struct unix_listener *listener;
	struct unix_ports ports;
	pid_t child = fork();

	if (child == 0) {
		listener = unix_listen("s", NULL);
		_exit(listener == NULL || unix_accept(listener, &ports));
	}
	while (unix_connect("s", NULL, &ports) == -1)
		ck_assert(errno == ENOENT || errno == ECONNREFUSED);
	succeeds(unix_close_ports(&ports));
	kill(child, SIGKILL);
	child_status(child);
	ck_assert_int_eq(access("s", F_OK), 0);
	listener = listen_at("s", NULL);
	expect_reachable(listener, "s");
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(long_stale_path_is_reclaimed)
{
	const size_t lengths[] = { 150, 255, 300, 1000 };
	struct unix_options keep = { .flags = UNIX_KEEP };
	struct unix_listener *listener;
	char path[4096];

	make_path(path, lengths[_i]);
	succeeds(unix_close(listen_at(path, &keep)));
	ck_assert_int_eq(access(path, F_OK), 0);
	listener = listen_at(path, NULL);
	expect_reachable(listener, path);
	cannot_listen(path, NULL, EADDRINUSE);
	succeeds(unix_close(listener));
	ck_assert_int_eq(count_files("."), lengths[_i] <= 255 ? 0 : 1);
}
END_TEST

START_TEST(no_reclaim_leaves_a_stale_socket)
{
	struct unix_options options = { .flags = UNIX_NO_RECLAIM };

	leave_stale("s", SOCK_STREAM);
	expect_untouched("s", &options, EADDRINUSE);
}
END_TEST

START_TEST(other_file_types_stay)
{
	switch (_i) {
	case 0: make_file("s"); break;
	case 1: ck_assert_int_eq(mkdir("s", 0700), 0); break;
	case 2: ck_assert_int_eq(mkfifo("s", 0600), 0); break;
	case 3: ck_assert_int_eq(symlink("nowhere", "s"), 0); break;
	case 4: make_file("f"); ck_assert_int_eq(symlink("f", "s"), 0); break;
	case 5: leave_stale("f", SOCK_STREAM);
		ck_assert_int_eq(symlink("f", "s"), 0); break;
	}
	expect_untouched("s", NULL, EADDRINUSE);
	ck_assert_int_eq(access("nowhere", F_OK), -1);
}
END_TEST

START_TEST(live_socket_of_any_type_stays)
{
	const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
	int fd = bind_socket(types[_i]);

	if (types[_i] == SOCK_SEQPACKET)
		ck_assert_int_eq(listen(fd, 1), 0);
	/* The stream is bound and does not listen yet. */
	expect_untouched("s", NULL, EADDRINUSE);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

START_TEST(live_server_is_not_disturbed_by_a_second_start)
{
	struct unix_options one = { .backlog = 1 };
	struct unix_listener *listener = listen_at("s", &one);
	struct unix_ports clients[2];

	expect_untouched("s", NULL, EADDRINUSE);
	/* The probe has connected no client. */
	answers(unix_accept_ready(listener), 0);
	/* A server with a full backlog is live, whatever a system reports. */
	fill_backlog("s", clients, 2);
	expect_untouched("s", NULL, EADDRINUSE);
	answers(unix_listener_owns_path(listener), 1);
	abandon_all(clients, 2);
	succeeds(unix_close(listener));
}
END_TEST

/* As a program that protects its directory from cleaners. */
static int
lock_directory(int how)
{
	int fd = open(".", O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(flock(fd, how), 0);
	return fd;
}

START_TEST(foreign_lock_does_not_affect_a_free_path)
{
	int lock = lock_directory(_i == 0 ? LOCK_SH : LOCK_EX);
	struct unix_listener *listener = listen_at("s", NULL);

	cannot_listen("s", NULL, EADDRINUSE);
	succeeds(unix_close(listener));
	ck_assert_int_eq(close(lock), 0);
}
END_TEST

START_TEST(foreign_lock_makes_a_stale_path_EBUSY_after_two_seconds)
{
	int lock = lock_directory(LOCK_SH);
	long long start = milliseconds();

	leave_stale("s", SOCK_STREAM);
	expect_untouched("s", NULL, EBUSY);
	ck_assert_int_ge(milliseconds() - start, 1999);
	ck_assert_int_eq(close(lock), 0);
	succeeds(unix_close(listen_at("s", NULL)));
}
END_TEST

static void *
unlock(void *argument)
{
	int *lock = argument;

	return close(*lock) == 0 ? NULL : argument;
}

START_TEST(lock_is_waited_for)
{
	int lock = lock_directory(LOCK_EX);
	struct unix_listener *listener;
	pthread_t thread;

	leave_stale("s", SOCK_STREAM);
	thread = start_thread(unlock, &lock);
	listener = listen_at("s", NULL);
	ck_assert_ptr_null(join_thread(thread));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(directory_that_cannot_be_locked_is_in_use)
{
	ck_assert_int_eq(mkdir("d", 0700), 0);
	leave_stale("d/s", SOCK_STREAM);
	ck_assert_int_eq(chmod("d/s", 0666), 0);
	ck_assert_int_eq(chmod("d", 0333), 0);
	become_user();
	cannot_listen("d/s", NULL, EADDRINUSE);
	become_self();
	ck_assert_int_eq(chmod("d", 0700), 0);
	ck_assert_int_eq(access("d/s", F_OK), 0);
}
END_TEST

START_TEST(stale_socket_that_may_not_be_removed_stays)
{
	ck_assert_int_eq(mkdir("d", 0700), 0);
	leave_stale("d/s", SOCK_STREAM);
	ck_assert_int_eq(chmod("d/s", 0666), 0);
	ck_assert_int_eq(chmod("d", 0555), 0);
	become_user();
	cannot_listen("d/s", NULL, EADDRINUSE);
	become_self();
	ck_assert_int_eq(access("d/s", F_OK), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("reclaim");
	TCase *reclaim = add_case(suite, "reclaim");
	TCase *lock = add_case(suite, "lock");

	tcase_add_loop_test(reclaim, stale_socket_is_reclaimed, 0, 3);
	tcase_add_test(reclaim, path_of_a_killed_server_is_free_again);
	tcase_add_loop_test(reclaim, long_stale_path_is_reclaimed, 0, 4);
	tcase_add_test(reclaim, no_reclaim_leaves_a_stale_socket);
	tcase_add_loop_test(reclaim, other_file_types_stay, 0, 6);
	tcase_add_loop_test(reclaim, live_socket_of_any_type_stays, 0, 3);
	tcase_add_test(reclaim,
	    live_server_is_not_disturbed_by_a_second_start);
	tcase_add_loop_test(lock, foreign_lock_does_not_affect_a_free_path,
	    0, 2);
	tcase_add_test(lock,
	    foreign_lock_makes_a_stale_path_EBUSY_after_two_seconds);
	tcase_add_test(lock, lock_is_waited_for);
	tcase_add_test(lock, directory_that_cannot_be_locked_is_in_use);
	tcase_add_test(reclaim, stale_socket_that_may_not_be_removed_stays);
	return run_suite(suite);
}
