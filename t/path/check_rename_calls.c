/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listening without RENAME_NOREPLACE, as on FUSE or with an old kernel, when
 * the calls in its place fail, too.
 */
#include "support.h"

#include "interpose.h"

#ifdef __linux__
static struct unix_listener *listener;
static char path[300];

static void
leave_stale(void)
{
	struct unix_options keep = { .flags = UNIX_KEEP };

	succeeds(unix_close(listen_at(path, &keep)));
}

static void
listens(void)
{
	listener = listen_at(path, NULL);
	cannot_listen(path, NULL, EADDRINUSE);
	expect_reachable(listener, path);
	succeeds(unix_close(listener));
	ck_assert_int_eq(count_files("."), 0);
}

START_TEST(reclaim_does_without_RENAME_NOREPLACE)
{
	const int errors[] = { EINVAL, ENOSYS, EPERM };

	strcpy(path, "s");
	leave_stale();
	fail_next("renameat2", 0, errors[_i]);
	listens();
	forget_next();
}
END_TEST

static const size_t lengths[] = { 89, 91, 107, 150, 236, 237, 255 };

START_TEST(long_name_does_without_RENAME_NOREPLACE)
{
	make_path(path, lengths[_i]);
	fail_next("renameat2", 0, EINVAL);
	leave_stale();
	listens();
	forget_next();
}
END_TEST

/* fs.protected_hardlinks denies link(2) of the file of another user. */
START_TEST(long_name_does_without_link)
{
	make_path(path, lengths[_i]);
	fail_next("renameat2", 1, EINVAL);
	fail_later("linkat", 1, EPERM);
	listens();
	ck_assert(!is_pending());
}
END_TEST

static int last_error;

static void
deny_link_and_rename(const char *name)
{
	if (strcmp(name, "linkat") != 0)
		return;
	watch_calls(NULL);
	fail_next("linkat", 1, EPERM);
	fail_later("renameat", 1, last_error);
}

static const int errors[] = { EACCES, EIO, ENOSPC, EROFS };

/* The empty file that the name was to replace is removed. */
START_TEST(error_of_the_rename_leaves_no_file)
{
	make_path(path, 150);
	last_error = errors[_i];
	fail_next("renameat2", 1, EINVAL);
	watch_calls(deny_link_and_rename);
	cannot_listen(path, NULL, last_error);
	ck_assert(!is_pending());
	ck_assert_int_eq(count_files("."), 0);
	listens();
}
END_TEST

/* The second name of the file is removed. */
START_TEST(error_of_the_unlink_leaves_no_file)
{
	make_path(path, 150);
	fail_next("renameat2", 1, EINVAL);
	fail_later("unlinkat", 1, errors[_i]);
	cannot_listen(path, NULL, errors[_i]);
	ck_assert(!is_pending());
	ck_assert_int_eq(count_files("."), 0);
	listens();
}
END_TEST
#endif

int
main(void)
{
	Suite *suite = suite_create("rename_calls");
#ifdef __linux__
	TCase *calls = add_case(suite, "calls");

	tcase_add_loop_test(calls, reclaim_does_without_RENAME_NOREPLACE, 0,
	    3);
	tcase_add_loop_test(calls, long_name_does_without_RENAME_NOREPLACE, 0,
	    COUNT(lengths));
	tcase_add_loop_test(calls, long_name_does_without_link, 3,
	    COUNT(lengths));
	tcase_add_loop_test(calls, error_of_the_rename_leaves_no_file, 0,
	    COUNT(errors));
	tcase_add_loop_test(calls, error_of_the_unlink_leaves_no_file, 0,
	    COUNT(errors));
#endif
	return run_suite(suite);
}
