/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unix_explain(): errors that a test cannot cause, and a file system that is
 * not local, by interposition.
 */
#include "explained.h"

#include <sys/socket.h>
#include <sys/stat.h>
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

/* Errors that a test cannot cause: a call of the library fails with them. */

static const struct {
	const char *call;
	int error;
	const char *sentence;
} failures[] = {
	{ "bind", EDQUOT, "s: the quota of this user is exhausted; remove "
	    "files or choose another path" },
	{ "bind", ENOSPC, "s: no space is left for a file; remove files or "
	    "choose another path" },
	{ "bind", EROFS, "s: the file system is read-only; choose another "
	    "path" },
	{ "socket", EAFNOSUPPORT, "s: no support for abstract names, or a "
	    "filter, such as RestrictAddressFamilies= of systemd, denies Unix "
	    "domain sockets; use a path, or permit them" },
	{ "socket", ENFILE, "s: the system has no free file; close some, or "
	    "raise its limit" },
	{ "socket", ENOBUFS, "s: no memory is left, or output exceeds "
	    "output_limit; try again later, or raise the limit" },
	{ "socket", ENOMEM, "s: no memory is left; free some, or try again "
	    "later" }
};

START_TEST(limit_of_the_system_is_explained)
{
	fail_next(failures[_i].call, 1, failures[_i].error);
	expect_listen("s", failures[_i].error, failures[_i].sentence);
	ck_assert(!is_pending());
}
END_TEST

/* Denials of a security module. */

START_TEST(denied_connection_is_explained)
{
	struct unix_listener *listener = listen_at("s", NULL);
	static const int errors[] = { EACCES, EPERM };
	char expected[300];

	snprintf(expected, sizeof(expected), "s: not permitted: the file "
	    "belongs to user %ld and has mode 0600, which permits the call; a "
	    "security module denies it, or UNIX_SAME_USER rejects a server of "
	    "another user", (long)geteuid());
	fail_next("connect", 1, errors[_i]);
	expect_connect("s", errors[_i], expected);
	ck_assert(!is_pending());
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(denied_file_is_explained)
{
	char expected[300];
	struct stat here;

	ck_assert_int_eq(stat(".", &here), 0);
	snprintf(expected, sizeof(expected), "s: not permitted: the directory "
	    ". belongs to user %ld and has mode %04o, which permits the call; "
	    "a security module denies it", (long)here.st_uid,
	    (unsigned)here.st_mode & 07777);
	fail_next("bind", 1, EACCES);
	expect_listen("s", EACCES, expected);
	ck_assert(!is_pending());
}
END_TEST

START_TEST(denied_name_is_explained)
{
	fail_next("connect", 1, EACCES);
	expect_connect("@up.no", EACCES, "@up.no: not permitted: the server "
	    "belongs to another user and UNIX_SAME_USER rejects it, or a "
	    "security module denies the call; ask the administrator");
	ck_assert(!is_pending());
	fail_next("connect", 1, EPERM);
	expect_connect("@up.no", EPERM, "@up.no: not permitted: the receiver "
	    "is connected to another sender, or a security module, such as "
	    "Landlock, denies this name; use a path");
	ck_assert(!is_pending());
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("explain_calls");
	TCase *path = add_case(suite, "path");
	TCase *other = add_case(suite, "other");

	tcase_add_loop_test(other, limit_of_the_system_is_explained, 0,
	    (int)COUNT(failures));
	tcase_add_loop_test(other, denied_connection_is_explained, 0, 2);
	tcase_add_test(other, denied_file_is_explained);
	tcase_add_test(other, denied_name_is_explained);
#ifdef __linux__
	tcase_add_test(path, server_may_be_on_another_side_of_the_file_system);
	tcase_add_test(path, socket_or_attribute_that_is_not_permitted);
#endif
	return run_suite(suite);
}
