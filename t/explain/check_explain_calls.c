/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_explain() on a file system that is not local, by interposition. */
#include "support.h"

#include <sys/socket.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif
#include <string.h>
#include <unistd.h>

#include "interpose.h"

#ifdef __linux__
static void
become_fuse(void *answer)
{
	((struct statfs *)answer)->f_type = 0x65735546;
}

/* The sentence for ERROR at "s", whose file system is FUSE. */
static void
expect_shared(int error, const char *expected)
{
	char text[500];

	after_next("fstatfs", become_fuse);
	unix_explain("s", error, text, sizeof(text));
	ck_assert(!is_pending());
	ck_assert_str_eq(text, expected);
}

START_TEST(server_may_be_on_another_side_of_the_file_system)
{
	close(bind_socket(SOCK_STREAM));
	expect_shared(ECONNREFUSED, "s: no server is listening there (a stale "
	    "socket file), or it listens on another side of this file system; "
	    "start the server");
	expect_shared(ETIMEDOUT, "s: no server is listening there after the "
	    "timeout, or it listens on another side of this file system; start "
	    "the server");
	expect_shared(EADDRINUSE, "s: no server is listening there (a stale "
	    "socket file), or it listens on another side of this file system; "
	    "remove the file if no server uses it");
}
END_TEST

START_TEST(socket_or_attribute_that_is_not_permitted)
{
	expect_shared(EPERM, "s: not permitted: the file system does not allow "
	    "a socket, or not with this group, owner or mode; choose another "
	    "path");
}
END_TEST
#endif

int
main(void)
{
	Suite *suite = suite_create("explain_calls");
	TCase *path = add_case(suite, "path");

#ifdef __linux__
	tcase_add_test(path, server_may_be_on_another_side_of_the_file_system);
	tcase_add_test(path, socket_or_attribute_that_is_not_permitted);
#endif
	return run_suite(suite);
}
