/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process is killed while it removes a socket file: the next start in the
 * directory removes the file, or puts it back if its server is alive.
 */
#include "support.h"

#include <sys/stat.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interpose.h"

/* Private names contain these names, or their hash if they are too long. */
static const size_t lengths[] = { 1, 100, 236, 237, 255 };

static struct unix_listener *live;
static char path[300];

static void
die(void)
{
	raise(SIGKILL);
}

static void
die_before_comparison(void)
{
	before_next("fstatat", die);
}

static int renames;		/* renames before the one of the removal */

/* The live server takes the place of the stale file that is to be removed. */
static void
catch_live_server(void)
{
	if (renames-- > 0) {
		before_next("renameat2", catch_live_server);
		return;
	}
	if (rename("live", path) == -1)
		_exit(1);
	die_before_comparison();
}

/*
 * A child reclaims the path, acts before CALL, and is killed.  A socket with a
 * long name is renamed after each bind(2), and its file is left, too.
 */
static void
interrupt_reclaim(const char *call, void (*action)(void))
{
	struct unix_options keep = { .flags = UNIX_KEEP };
	pid_t child;

	succeeds(unix_close(listen_at(path, &keep)));
	child = fork();
	if (child == 0) {
		renames = strlen(path) > 108 ? 2 : 0;
		before_next(call, action);
		_exit(unix_listen(path, NULL) == NULL ? 1 : 2);
	}
	ck_assert(WIFSIGNALED(child_status(child)));
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(count_files("."), strlen(path) > 108 ? 2 : 1);
}

START_TEST(stale_file_is_removed_by_the_next_start)
{
	struct unix_listener *next;

	make_path(path, lengths[_i]);
	interrupt_reclaim("unlinkat", die);
	next = listen_at("next", NULL);
	ck_assert_int_eq(count_files("."), 1);
	succeeds(unix_close(next));
}
END_TEST

/* A hashed name is known only to a process that starts at the same path. */
START_TEST(live_server_is_put_back_by_the_next_start)
{
	struct unix_listener *next;

	make_path(path, lengths[_i]);
	live = listen_at("live", NULL);
	interrupt_reclaim("renameat2", catch_live_server);
	if (lengths[_i] > 236)
		cannot_listen(path, NULL, EADDRINUSE);
	else {
		next = listen_at("next", NULL);
		succeeds(unix_close(next));
	}
	ck_assert_int_eq(count_files("."), 1);
	expect_reachable(live, path);
	succeeds(unix_close(live));
	ck_assert_int_eq(unlink(path), 0);
}
END_TEST

/* Its file keeps the private name, and is removed when it is stale. */
START_TEST(live_server_is_not_put_back_over_another)
{
	struct unix_listener *next;
	struct stat status;

	make_path(path, 1);
	live = listen_at("live", NULL);
	interrupt_reclaim("renameat2", catch_live_server);
	ck_assert_int_eq(symlink("nowhere", path), 0);
	next = listen_at("next", NULL);
	succeeds(unix_close(next));
	ck_assert_int_eq(count_files("."), 2);
	ck_assert_int_eq(lstat(path, &status), 0);
	ck_assert(S_ISLNK(status.st_mode));
	succeeds(unix_close(live));
	next = listen_at("next", NULL);
	succeeds(unix_close(next));
	ck_assert_int_eq(count_files("."), 1);
	ck_assert_int_eq(unlink(path), 0);
}
END_TEST

/* link(2) has put the file back, and the process was killed. */
START_TEST(second_name_of_a_file_is_removed)
{
	struct unix_listener *next;

	live = listen_at("s", NULL);
	ck_assert_int_eq(link("s", ".unixport-0123abcd-s"), 0);
	next = listen_at("next", NULL);
	ck_assert_int_eq(count_files("."), 2);
	succeeds(unix_close(next));
	expect_reachable(live, "s");
	succeeds(unix_close(live));
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

/* Another process that starts is about to rename the file. */
START_TEST(temporary_name_of_a_live_socket_stays)
{
	struct unix_listener *next;

	live = listen_at(".unixport.1.0", NULL);
	next = listen_at("next", NULL);
	succeeds(unix_close(next));
	answers(unix_listener_owns_path(live), 1);
	succeeds(unix_close(live));
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

/* Names that resemble private and temporary names. */
START_TEST(other_files_stay)
{
	const char *const names[] = { ".unixport-0123abc-s",
	    ".unixport-0123abcd", ".unixport-0123abcd-", ".unixport-0123ABCD-s",
	    ".unixport-0123abcde-s", ".unixport.1", ".unixport.1.",
	    ".unixport.1.x", ".unixport.1.0.0", "unixport-0123abcd-s" };
	struct unix_options keep = { .flags = UNIX_KEEP };
	struct stat before, after;

	succeeds(unix_close(listen_at(names[_i], &keep)));
	ck_assert_int_eq(lstat(names[_i], &before), 0);
	live = listen_at("s", NULL);
	succeeds(unix_close(live));
	ck_assert_int_eq(lstat(names[_i], &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	ck_assert_int_eq(unlink(names[_i]), 0);
}
END_TEST

START_TEST(directory_that_cannot_be_read_is_no_error)
{
	ck_assert_int_eq(mkdir("d", 0700), 0);
	ck_assert_int_eq(chmod("d", 0333), 0);
	become_user();
	live = unix_listen("d/s", NULL);
	become_self();
	ck_assert_int_eq(chmod("d", 0700), 0);
	ck_assert_ptr_nonnull(live);
	succeeds(unix_close(live));
}
END_TEST

START_TEST(scan_ends_in_a_directory_with_many_files)
{
	char name[40];
	int i, fd;

	for (i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), ".unixport-%08x-x", (unsigned)i);
		fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		ck_assert_int_eq(close(fd), 0);
	}
	live = listen_at("s", NULL);
	succeeds(unix_close(live));
	/* One of them has been put back, if the scan came that far. */
	ck_assert_int_eq(count_files("."), 5000);
	for (i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), ".unixport-%08x-x", (unsigned)i);
		(void)unlink(name);
	}
	(void)unlink("x");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("recovery");
	TCase *kills = add_case(suite, "kills");
	TCase *names = add_case(suite, "names");

	tcase_set_timeout(names, 120);
	tcase_add_loop_test(kills, stale_file_is_removed_by_the_next_start, 0,
	    COUNT(lengths));
	tcase_add_loop_test(kills, live_server_is_put_back_by_the_next_start,
	    0, COUNT(lengths));
	tcase_add_test(kills, live_server_is_not_put_back_over_another);
	tcase_add_test(names, second_name_of_a_file_is_removed);
	tcase_add_loop_test(names, other_files_stay, 0, 10);
	tcase_add_test(names, temporary_name_of_a_live_socket_stays);
	tcase_add_test(names, directory_that_cannot_be_read_is_no_error);
	tcase_add_test(names, scan_ends_in_a_directory_with_many_files);
	return run_suite(suite);
}
