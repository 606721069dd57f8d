/* SPDX-License-Identifier: BSD-2-Clause */
/* A stale socket file that is a mount point, which unlink(2) cannot remove. */
#include "support.h"

#include <sys/mount.h>
#include <sys/socket.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "privilege.h"

START_TEST(stale_socket_that_is_a_mount_point_is_explained)
{
	char text[500];

	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	close(bind_socket(SOCK_STREAM));
	ck_assert_int_eq(mount("s", "s", NULL, MS_BIND, NULL), 0);
	unix_explain("s", EADDRINUSE, text, sizeof(text));
	ck_assert_str_eq(text, "s: no server is listening there (a stale "
	    "socket file, which is a mount point); unmount it or choose "
	    "another path");
	ck_assert_int_eq(umount("s"), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mount_point");
	TCase *path = add_case(suite, "path");

	require_root();
	require_namespaces(CLONE_NEWNS, "mount");
	tcase_add_test(path, stale_socket_that_is_a_mount_point_is_explained);
	return run_suite(suite);
}
