/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The moments between two calls on a socket file, at which another process
 * replaces the file.  Interposed calls produce them.
 */
#include "support.h"

#include <sys/stat.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "interpose.h"

static struct unix_listener *listener;

/* As with a seccomp filter: the file of bind(2) could not be identified. */
START_TEST(listen_that_may_not_examine_files_makes_none)
{
	fail_next("fstatat", 0, EACCES);
	ck_assert_ptr_null(unix_listen("s", NULL));
	ck_assert_int_eq(errno, EACCES);
	forget_next();
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

/* Each stat(2) after bind(2) fails, and the open(2) of the file. */
START_TEST(listen_that_cannot_identify_its_file_leaves_no_file)
{
	static const struct {
		const char *name;
		int number;
	} calls[] = { { "fstatat", 2 }, { "fstatat", 3 }, { "fstatat", 4 },
	    { "fstatat", 5 }, { "openat", 2 } };
	const int errors[] = { EACCES, ENOENT, EADDRINUSE, ENOMEM, EMFILE };
	size_t i;

	for (i = 0; i < COUNT(errors); i++) {
		fail_next(calls[_i].name, calls[_i].number, errors[i]);
		listener = unix_listen("s", NULL);
		/* A privileged process opens the file in another way. */
		ck_assert(_i == 4 || !is_pending());
		ck_assert(listener == NULL || is_pending());
		ck_assert(listener != NULL || errno == errors[i]);
		forget_next();
		succeeds(unix_close(listener));
		ck_assert_int_eq(count_files("."), 0);
	}
}
END_TEST

/* Replacements of the file before the library examines it after bind(2). */

static void
make_link(void)
{
	ck_assert_int_eq(link("s", "t"), 0);
}

static void
put_symlink(void)
{
	ck_assert_int_eq(rename("s", "t"), 0);
	ck_assert_int_eq(symlink("t", "s"), 0);
}

static void
put_file(void)
{
	ck_assert_int_eq(unlink("s"), 0);
	ck_assert_int_eq(close(open("s", O_CREAT | O_WRONLY, 0640)), 0);
}

static void (*swap)(void);

static void
swap_before_look(void)
{
	before_next("fstatat", swap);
}

/* The own file is removed.  A link to it belongs to another program. */
START_TEST(listen_requires_the_socket_that_it_has_made)
{
	void (*const swaps[])(void) = { make_link, put_symlink, put_file };
	struct stat before, after;

	ck_assert_int_eq(close(open("victim", O_CREAT | O_WRONLY, 0640)), 0);
	swap = swaps[_i];
	before_next("bind", swap_before_look);
	ck_assert_ptr_null(unix_listen("s", NULL));
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert(!is_pending());
	ck_assert_int_eq(lstat("s", &before), _i == 0 ? -1 : 0);
	ck_assert_int_eq(lstat("victim", &after), 0);
	ck_assert_int_eq(after.st_mode & 0777, 0640);
}
END_TEST

static struct unix_listener *other;

static void
put_live_server(void)
{
	ck_assert_int_eq(rename("t", "s"), 0);
}

START_TEST(listen_that_is_displaced_leaves_the_live_server)
{
	mode_t usual = umask(0777);	/* so that chmod is needed */

	other = listen_at("t", NULL);
	swap = put_live_server;
	if (_i == 0)
		before_next("bind", swap_before_look);
	else
		before_next("chmod", put_live_server);
	ck_assert_ptr_null(unix_listen("s", NULL));
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert(!is_pending());
	umask(usual);
	expect_reachable(other, "s");
	succeeds(unix_close(other));
	ck_assert_int_eq(unlink("s"), 0);
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

/* d is replaced by another directory; the old one is e. */
static void
swap_directory(void)
{
	ck_assert_int_eq(rename("d", "e"), 0);
	ck_assert_int_eq(mkdir("d", 0700), 0);
}

START_TEST(directory_that_is_swapped_before_bind_is_noticed)
{
	struct stat status;

	ck_assert_int_eq(mkdir("d", 0700), 0);
	listener = listen_at("d/s", NULL);
	before_next("fchmod", swap_directory);
	ck_assert_ptr_null(unix_listen("d/s", NULL));
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert(!is_pending());
	ck_assert_int_eq(lstat("e/s", &status), 0);
	ck_assert_int_eq(count_files("d"), 0);
	succeeds(unix_close(listener));
	ck_assert_int_eq(lstat("e/s", &status), -1);
}
END_TEST

static void
swap_for_stale(void)
{
	struct unix_options keep = { .flags = UNIX_KEEP };

	swap_directory();
	succeeds(unix_close(listen_at("d/s", &keep)));
}

START_TEST(directory_that_is_swapped_before_the_lock_is_no_proof)
{
	struct unix_options keep = { .flags = UNIX_KEEP };
	struct unix_listener *live;
	struct stat status;

	ck_assert_int_eq(mkdir("d", 0700), 0);
	succeeds(unix_close(listen_at("d/s", &keep)));
	before_next("flock", swap_for_stale);
	/* Reclaims e/s, by the descriptor, and bind makes d/s. */
	live = unix_listen("d/s", NULL);
	ck_assert_ptr_null(live);
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert(!is_pending());
	ck_assert_int_eq(lstat("d/s", &status), 0);
}
END_TEST

START_TEST(long_name_leaves_no_temporary_file)
{
	const char *const names[] = { "listen", "chmod", "fstatat",
	    "bind" };
	mode_t usual = umask(0777);
	char path[256];

	make_path(path, 200);
	fail_next(names[_i], 1, EIO);
	ck_assert_ptr_null(unix_listen(path, NULL));
	ck_assert_int_eq(errno, EIO);
	umask(usual);
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

START_TEST(long_name_is_bound_if_a_temporary_name_is_in_use)
{
	char path[256], taken[40];

	make_path(path, 200);
	snprintf(taken, sizeof(taken), ".unixport.%ld.0", (long)getpid());
	ck_assert_int_eq(close(open(taken, O_CREAT | O_WRONLY, 0600)), 0);
	listener = listen_at(path, NULL);
	expect_reachable(listener, path);
	ck_assert_int_eq(count_files("."), 2);
	succeeds(unix_close(listener));
	ck_assert_int_eq(unlink(taken), 0);
}
END_TEST

/* The owner of the directory can do this between bind(2) and chmod(2). */
static void
point_at_victim(void)
{
	ck_assert_int_eq(unlink("s"), 0);
	ck_assert_int_eq(symlink("victim", "s"), 0);
}

START_TEST(symbolic_link_in_place_of_the_file_is_not_followed)
{
	mode_t usual = umask(0777);	/* so that chmod is needed */
	struct stat status;

	ck_assert_int_eq(close(open("victim", O_CREAT | O_WRONLY, 0600)), 0);
	ck_assert_int_eq(chmod("victim", 0640), 0);
	before_next("chmod", point_at_victim);
	ck_assert_ptr_null(unix_listen("s", NULL));
	ck_assert(!is_pending());
	umask(usual);
	ck_assert_int_eq(lstat("victim", &status), 0);
	ck_assert_int_eq(status.st_mode & 0777, 0640);
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert(S_ISLNK(status.st_mode));
}
END_TEST

/* Linux makes the file with the mode of fchmod(2) before bind(2). */
START_TEST(socket_file_is_private_from_its_first_moment)
{
	mode_t usual = umask(0);

	fail_next("chmod", 1, EPERM);
	listener = listen_at("s", NULL);
	ck_assert(is_pending());
	succeeds(unix_close(listener));
	umask(usual);
}
END_TEST

static int listening;

static void
expect_open(void)
{
	ck_assert_int_ne(fcntl(listening, F_GETFD), -1);
}

START_TEST(file_is_removed_before_the_socket_is_closed)
{
	listener = listen_at("s", NULL);
	listening = unix_listener_fileno(listener);
	before_next("unlinkat", expect_open);
	succeeds(unix_close(listener));
	ck_assert(!is_pending());
	ck_assert_int_eq(fcntl(listening, F_GETFD), -1);
}
END_TEST

/* Another process starts, finds the private name, and renames it back. */
static void
start_another(void)
{
	struct unix_listener *next = unix_listen("next", NULL);

	ck_assert_ptr_nonnull(next);
	ck_assert_int_eq(unix_close(next), 0);
}

START_TEST(close_removes_the_file_that_another_start_has_put_back)
{
	listener = listen_at("s", NULL);
	before_next("unlinkat", start_another);
	succeeds(unix_close(listener));
	ck_assert(!is_pending());
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

static void
start_each_time(const char *name)
{
	if (strcmp(name, "unlinkat") != 0)
		return;
	watch_calls(NULL);
	start_another();
	watch_calls(start_each_time);
}

START_TEST(file_that_is_put_back_each_time_is_ebusy)
{
	listener = listen_at("s", NULL);
	watch_calls(start_each_time);
	fails(unix_close(listener), EBUSY);
	watch_calls(NULL);
	ck_assert_int_eq(unlink("s"), 0);
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

static void
remove_it(void)
{
	ck_assert_int_eq(unlink("s"), 0);
}

START_TEST(file_that_another_removes_meanwhile_is_no_error)
{
	listener = listen_at("s", NULL);
	before_next("renameat2", remove_it);
	succeeds(unix_close(listener));
	ck_assert(!is_pending());
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

/* Files that can replace the socket file, among them a live socket. */
static void
put_directory(void)
{
	remove_it();
	ck_assert_int_eq(mkdir("s", 0700), 0);
}

static void
put_link_to_server(void)
{
	remove_it();
	ck_assert_int_eq(symlink("t", "s"), 0);
}

START_TEST(close_removes_no_other_file)
{
	void (*const swaps[])(void) = { put_live_server, put_directory,
	    put_file, put_link_to_server };
	struct stat before, after;

	other = listen_at("t", NULL);
	listener = listen_at("s", NULL);
	before_next("renameat2", swaps[_i]);
	ck_assert_int_eq(lstat("t", &before), 0);
	succeeds(unix_close(listener));
	ck_assert(!is_pending());
	ck_assert_int_eq(lstat("s", &after), 0);
	ck_assert_int_eq(count_files("."), _i == 0 ? 1 : 2);
	if (_i == 0)
		ck_assert_uint_eq(before.st_ino, after.st_ino);
	if (_i == 0 || _i == 3)
		expect_reachable(other, "s");
	succeeds(unix_close(other));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("moments");
	TCase *moments = add_case(suite, "moments");

	tcase_add_loop_test(moments,
	    listen_requires_the_socket_that_it_has_made, 0, 3);
	tcase_add_test(moments,
	    directory_that_is_swapped_before_bind_is_noticed);
	tcase_add_test(moments,
	    directory_that_is_swapped_before_the_lock_is_no_proof);
	tcase_add_loop_test(moments, long_name_leaves_no_temporary_file, 0, 4);
	tcase_add_test(moments,
	    long_name_is_bound_if_a_temporary_name_is_in_use);
	tcase_add_test(moments,
	    symbolic_link_in_place_of_the_file_is_not_followed);
	tcase_add_test(moments, socket_file_is_private_from_its_first_moment);
	tcase_add_test(moments, file_is_removed_before_the_socket_is_closed);
	tcase_add_test(moments,
	    file_that_another_removes_meanwhile_is_no_error);
	tcase_add_loop_test(moments, close_removes_no_other_file, 0, 4);
	tcase_add_test(moments,
	    close_removes_the_file_that_another_start_has_put_back);
	tcase_add_test(moments, file_that_is_put_back_each_time_is_ebusy);
	tcase_add_test(moments,
	    listen_that_may_not_examine_files_makes_none);
	tcase_add_loop_test(moments,
	    listen_that_cannot_identify_its_file_leaves_no_file, 0, 5);
	tcase_add_loop_test(moments,
	    listen_that_is_displaced_leaves_the_live_server, 0, 2);
	return run_suite(suite);
}
