/* SPDX-License-Identifier: BSD-2-Clause */
/* The group of a socket file, as root sets it. */
#include "support.h"

#include <sys/stat.h>
#include <unistd.h>

#include "privilege.h"

#define OTHER_GROUP	65534

START_TEST(group_is_the_requested_one)
{
	const struct unix_options options = { .mode = 0660,
	    .group = OTHER_GROUP };
	struct unix_listener *listener = listen_at("s", &options);
	struct stat status;

	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_uint_eq(status.st_gid, OTHER_GROUP);
	ck_assert_uint_eq(status.st_mode, S_IFSOCK | 0660);
	succeeds(unix_close(listener));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *group = add_case(suite, "group");

	tcase_add_test(group, group_is_the_requested_one);
}

int
main(void)
{
	require_root();
	return run_kinds("group", fill);
}
