/* SPDX-License-Identifier: BSD-2-Clause */
/* Owning a path: mode and group of the file, and unix_listener_owns_path(). */
#include "support.h"

#include <sys/stat.h>
#include <unistd.h>

START_TEST(keep_leaves_the_file)
{
	struct unix_options keep = { .flags = UNIX_KEEP };
	struct stat status;

	succeeds(unix_close(listen_at("s", &keep)));
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert(S_ISSOCK(status.st_mode));
	succeeds(unix_close(listen_at("s", NULL)));
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

START_TEST(mode_is_exact)
{
	const mode_t masks[] = { 0, 022, 077, 0777 };
	const mode_t modes[] = { 0600, 0660, 0666, 0777, 0200, 0640 };
	struct unix_options options = { .mode = modes[_i % 6] };
	mode_t usual = umask(masks[_i / 6]);
	struct unix_listener *listener = listen_at("s", &options);
	struct stat status;

	ck_assert_int_eq(umask(usual), masks[_i / 6]);
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_int_eq(status.st_mode, S_IFSOCK | modes[_i % 6]);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(group_of_others_is_eperm)
{
	const struct unix_options options = { .mode = 0660, .group = 1 };

	ck_assert_int_eq(chmod(".", 0777), 0);
	become_user();
	cannot_listen("s", &options, EPERM);
	become_self();
	ck_assert_int_eq(access("s", F_OK), -1);
}
END_TEST

START_TEST(owner_that_is_another_user_is_eperm)
{
	const struct unix_options options = { .owner = 1 };

	ck_assert_int_eq(chmod(".", 0777), 0);
	become_user();
	cannot_listen("s", &options, EPERM);
	become_self();
	ck_assert_int_eq(access("s", F_OK), -1);
}
END_TEST

START_TEST(owner_may_be_the_caller)
{
	struct unix_options options = { .mode = 0660 };
	struct unix_listener *listener;
	struct stat status;

	ck_assert_int_eq(chmod(".", 0777), 0);
	become_user();
	options.owner = geteuid();
	options.group = getegid();
	listener = listen_at("s", &options);
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_uint_eq(status.st_uid, options.owner);
	ck_assert_uint_eq(status.st_mode, S_IFSOCK | 0660);
	succeeds(unix_close(listener));
	become_self();
}
END_TEST

START_TEST(group_in_a_directory_without_write_permission_is_eacces)
{
	const struct unix_options options = { .mode = 0660, .group = 1 };

	ck_assert_int_eq(chmod(".", 0555), 0);
	become_user();
	cannot_listen("s", &options, EACCES);
	become_self();
	ck_assert_int_eq(access("s", F_OK), -1);
}
END_TEST

START_TEST(removed_file_is_not_owned)
{
	struct unix_listener *listener = listen_at("s", NULL);

	answers(unix_listener_owns_path(listener), 1);
	ck_assert_int_eq(unlink("s"), 0);
	answers(unix_listener_owns_path(listener), 0);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(replaced_file_is_not_owned_and_stays)
{
	struct unix_listener *old = listen_at("s", NULL), *new;

	ck_assert_int_eq(rename("s", "t"), 0);
	answers(unix_listener_owns_path(old), 0);
	new = listen_at("s", NULL);
	answers(unix_listener_owns_path(old), 0);
	answers(unix_listener_owns_path(new), 1);
	succeeds(unix_close(old));
	expect_reachable(new, "s");
	succeeds(unix_close(new));
	ck_assert_int_eq(unlink("t"), 0);
}
END_TEST

START_TEST(path_of_a_renamed_directory_is_not_owned)
{
	struct unix_listener *listener;

	ck_assert_int_eq(mkdir("d", 0700), 0);
	listener = listen_at("d/s", NULL);
	ck_assert_int_eq(rename("d", "e"), 0);
	answers(unix_listener_owns_path(listener), 0);
	ck_assert_int_eq(rename("e", "d"), 0);
	answers(unix_listener_owns_path(listener), 1);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(chdir_does_not_affect_ownership)
{
	struct unix_listener *listener = listen_at("s", NULL);

	ck_assert_int_eq(mkdir("d", 0700), 0);
	ck_assert_int_eq(chdir("d"), 0);
	answers(unix_listener_owns_path(listener), 1);
	expect_reachable(listener, "../s");
	succeeds(unix_close(listener));
	ck_assert_int_eq(access("../s", F_OK), -1);
}
END_TEST

START_TEST(null_listener_is_EINVAL)
{
	fails(unix_listener_owns_path(NULL), EINVAL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("owning");
	TCase *core = add_case(suite, "core");

	tcase_add_test(core, keep_leaves_the_file);
	tcase_add_loop_test(core, mode_is_exact, 0, 24);
	tcase_add_test(core, group_of_others_is_eperm);
	tcase_add_test(core, owner_that_is_another_user_is_eperm);
	tcase_add_test(core, owner_may_be_the_caller);
	tcase_add_test(core,
	    group_in_a_directory_without_write_permission_is_eacces);
	tcase_add_test(core, removed_file_is_not_owned);
	tcase_add_test(core, replaced_file_is_not_owned_and_stays);
	tcase_add_test(core, path_of_a_renamed_directory_is_not_owned);
	tcase_add_test(core, chdir_does_not_affect_ownership);
	tcase_add_test(core, null_listener_is_EINVAL);
	return run_suite(suite);
}
