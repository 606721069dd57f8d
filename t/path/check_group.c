/* SPDX-License-Identifier: BSD-2-Clause */
/* The group and the owner of a socket file, as root sets them. */
#include "support.h"

#include <sys/stat.h>
#include <unistd.h>

#include "privilege.h"

#define STRANGER	65534

/* A cleared bit of _i sets the option to 0. */
START_TEST(group_owner_and_mode_are_the_requested_ones)
{
	const struct unix_options options = {
		.mode = (_i & 4) != 0 ? 0660 : 0,
		.group = (_i & 1) != 0 ? STRANGER : 0,
		.owner = (_i & 2) != 0 ? STRANGER : 0
	};
	mode_t usual = umask(0777);
	struct unix_listener *listener = listen_at("s", &options);
	struct stat status;

	umask(usual);
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_uint_eq(status.st_gid, options.group);
	ck_assert_uint_eq(status.st_uid, options.owner);
	ck_assert_uint_eq(status.st_mode,
	    S_IFSOCK | ((_i & 4) != 0 ? 0660 : 0600));
	expect_reachable(listener, "s");
	answers(unix_listener_owns_path(listener), 1);
	succeeds(unix_close(listener));
	ck_assert_int_eq(access("s", F_OK), -1);
}
END_TEST

START_TEST(stale_file_of_another_owner_is_reclaimed)
{
	const struct unix_options options = { .owner = STRANGER,
	    .flags = UNIX_KEEP };

	succeeds(unix_close(listen_at("s", &options)));
	succeeds(unix_close(listen_at("s", NULL)));
	ck_assert_int_eq(access("s", F_OK), -1);
}
END_TEST

/*
 * In a sticky directory, only the owner of the file or of the directory may
 * remove the file.
 */
START_TEST(close_in_a_sticky_directory_fails_after_the_file_was_given_away)
{
	const struct unix_options options = { .owner = STRANGER - 1 };
	struct unix_listener *listener;

	ck_assert_int_eq(chmod(".", 01777), 0);
	listener = listen_at("s", &options);
	become_user();
	fails(unix_close(listener), EPERM);
	become_self();
	ck_assert_int_eq(count_files("."), 1);
	ck_assert_int_eq(unlink("s"), 0);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *attributes = add_case(suite, "attributes");

	tcase_add_loop_test(attributes,
	    group_owner_and_mode_are_the_requested_ones, 0, 8);
	tcase_add_test(attributes, stale_file_of_another_owner_is_reclaimed);
	tcase_add_test(attributes,
	    close_in_a_sticky_directory_fails_after_the_file_was_given_away);
}

int
main(void)
{
	require_root();
	return run_kinds("group", fill);
}
