/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_runtime_path() accepts only a private directory. */
#include "support.h"

#include <sys/stat.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char base[200];

/* A directory as a session creates it, and the variable. */
static void
make_base(mode_t mode)
{
	ck_assert_ptr_nonnull(getcwd(base, sizeof(base) - 10));
	strcat(base, "/run");
	ck_assert_int_eq(mkdir(base, 0700), 0);
	ck_assert_int_eq(chmod(base, mode), 0);
	setenv("XDG_RUNTIME_DIR", base, 1);
}

static void
expect_path(const char *name)
{
	char expected[300], *path;

	snprintf(expected, sizeof(expected), "%s/%s", base, name);
	errno = EDOM;
	path = unix_runtime_path(name);
	ck_assert_ptr_nonnull(path);
	ck_assert_str_eq(path, expected);
	ck_assert_int_eq(errno, EDOM);
	free(path);
}

static void
expect_refused(const char *name, int error)
{
	errno = 0;
	ck_assert_ptr_null(unix_runtime_path(name));
	ck_assert_int_eq(errno, error);
}

START_TEST(name_is_in_the_users_directory)
{
	make_base(0700);
	expect_path("app.sock");
	expect_path("..app");
	ck_assert_int_eq(count_files(base), 0);
}
END_TEST

START_TEST(application_directory_is_created_private)
{
	mode_t usual = umask(_i == 0 ? 0 : 0777);
	char path[300];
	struct stat status;

	make_base(0700);
	expect_path("app/s");
	expect_path("app/s");
	umask(usual);
	ck_assert_int_eq(count_files(base), 1);
	snprintf(path, sizeof(path), "%s/app", base);
	ck_assert_int_eq(lstat(path, &status), 0);
	ck_assert_int_eq(status.st_mode, S_IFDIR | 0700);
}
END_TEST

START_TEST(application_directory_that_is_not_private_is_eperm)
{
	char path[300];

	make_base(0700);
	snprintf(path, sizeof(path), "%s/app", base);
	switch (_i) {
	case 0: ck_assert_int_eq(mkdir(path, 0700), 0);
		ck_assert_int_eq(chmod(path, 0750), 0); break;
	case 1: ck_assert_int_eq(symlink("/", path), 0); break;
	case 2: close(open(path, O_CREAT | O_WRONLY, 0600)); break;
	}
	expect_refused("app/s", EPERM);
}
END_TEST

START_TEST(directory_open_to_others_is_eperm)
{
	const mode_t modes[] = { 0701, 0710, 0720, 0755, 0777, 01777 };

	make_base(modes[_i]);
	expect_refused("s", EPERM);
}
END_TEST

START_TEST(file_or_directory_of_another_user_is_rejected)
{
	setenv("XDG_RUNTIME_DIR", "/nonexistent/run", 1);
	expect_refused("s", ENOENT);
	setenv("XDG_RUNTIME_DIR", "run", 1);
	expect_refused("s", EPERM);
	make_base(0700);
	ck_assert_int_eq(symlink(base, "link"), 0);
	strcat(base, "/../link");
	setenv("XDG_RUNTIME_DIR", base, 1);
	expect_refused("s", EPERM);
	strcat(base, "//");
	setenv("XDG_RUNTIME_DIR", base, 1);
	expect_refused("s", EPERM);
	strcat(base, ".");
	setenv("XDG_RUNTIME_DIR", base, 1);
	expect_refused("s", EPERM);
	setenv("XDG_RUNTIME_DIR", "/dev/null", 1);
	expect_refused("s", EPERM);
	setenv("XDG_RUNTIME_DIR", "/", 1);
	become_user();
	expect_refused("s", EPERM);
	become_self();
}
END_TEST

/* Without the variable, the directory of the system is used, never /tmp. */
START_TEST(without_the_variable_no_directory_is_invented)
{
	char expected[100], *path;

	if (_i == 0)
		unsetenv("XDG_RUNTIME_DIR");
	else
		setenv("XDG_RUNTIME_DIR", "", 1);
	snprintf(expected, sizeof(expected), "/run/user/%ld/s",
	    (long)geteuid());
	path = unix_runtime_path("s");
	if (path == NULL)
		ck_assert(errno == ENOENT || errno == EPERM);
	else
		ck_assert_str_eq(path, expected);
	free(path);
}
END_TEST

START_TEST(names_that_leave_the_directory_are_EINVAL)
{
	const char *const bad[] = { NULL, "", "/s", "../s", "..", ".", "./s",
	    "a/../s", "a/..", "a/.", "a/b/c", "a/", "//s" };

	make_base(0700);
	expect_refused(bad[_i], EINVAL);
	ck_assert_int_eq(count_files(base), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("runtime_path");
	TCase *core = add_case(suite, "core");
	TCase *errors = add_case(suite, "errors");

	tcase_add_test(core, name_is_in_the_users_directory);
	tcase_add_loop_test(core, application_directory_is_created_private,
	    0, 2);
	tcase_add_loop_test(core, without_the_variable_no_directory_is_invented,
	    0, 2);
	tcase_add_loop_test(errors,
	    application_directory_that_is_not_private_is_eperm, 0, 3);
	tcase_add_loop_test(errors, directory_open_to_others_is_eperm, 0, 6);
	tcase_add_test(errors,
	    file_or_directory_of_another_user_is_rejected);
	tcase_add_loop_test(errors, names_that_leave_the_directory_are_EINVAL,
	    0, 13);
	return run_suite(suite);
}
