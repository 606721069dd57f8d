/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mode, group and owner of a socket file: they are changed on the file that
 * bind(2) made, and read back.  The calls are interposed.
 */
#include "support.h"

#include <sys/stat.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "original.h"

/* As file systems that report success and change nothing. */
static int modes_ignored, owners_ignored;
static int modes_refused;	/* as for a user that is not the owner */

int
chmod(const char *path, mode_t mode)
{
	int (*real)(const char *, mode_t);

	if (modes_refused) {
		errno = EPERM;
		return -1;
	}
	*(void **)&real = original("chmod");
	return modes_ignored ? 0 : real(path, mode);
}

int
fchmodat(int fd, const char *path, mode_t mode, int flags)
{
	int (*real)(int, const char *, mode_t, int);

	*(void **)&real = original("fchmodat");
	return modes_ignored ? 0 : real(fd, path, mode, flags);
}

int
fchownat(int fd, const char *path, uid_t user, gid_t group, int flags)
{
	int (*real)(int, const char *, uid_t, gid_t, int);

	*(void **)&real = original("fchownat");
	return owners_ignored ? 0 : real(fd, path, user, group, flags);
}

/* The library calls geteuid(2) between stat(2) and the change. */
static void (*before_change)(void);

uid_t
geteuid(void)
{
	uid_t (*real)(void);
	void (*action)(void) = before_change;

	before_change = NULL;
	if (action != NULL)
		action();
	*(void **)&real = original("geteuid");
	return real();
}

#ifdef __linux__
/* Without this file, the overflow uid is unknown. */
static int overflow_uid_unreadable;

int
open(const char *path, int flags, ...)
{
	int (*real)(const char *, int, ...);
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
	va_end(rest);
	if (overflow_uid_unreadable &&
	    strcmp(path, "/proc/sys/kernel/overflowuid") == 0) {
		errno = EMFILE;
		return -1;
	}
	*(void **)&real = original("open");
	return real(path, flags, mode);
}

/* The uid then does not prove the owner, but a successful chmod(2) does. */
START_TEST(file_of_an_unknown_owner_is_ours_if_we_may_change_its_mode)
{
	overflow_uid_unreadable = 1;
	succeeds(unix_close(listen_at("s", NULL)));
	modes_refused = 1;
	cannot_listen("s", NULL, EADDRINUSE);
	overflow_uid_unreadable = 0;
	ck_assert_int_eq(count_files("."), 0);
	succeeds(unix_close(listen_at("s", NULL)));
	modes_refused = 0;
}
END_TEST
#endif

START_TEST(mode_that_is_not_granted_is_ENOTSUP)
{
	struct unix_options options = { .mode = _i == 0 ? 0 : 0666 };
	mode_t usual = umask(_i == 0 ? 0200 : 022);

	modes_ignored = 1;
	cannot_listen("s", &options, ENOTSUP);
	umask(usual);
	ck_assert_int_eq(count_files("."), 0);
	modes_ignored = 0;
	succeeds(unix_close(listen_at("s", &options)));
}
END_TEST

START_TEST(group_or_owner_that_is_not_granted_is_ENOTSUP)
{
	const struct unix_options options[] = { { .group = getegid() + 1 },
	    { .owner = geteuid() + 1 },
	    { .mode = 0660, .group = getegid() + 1, .owner = geteuid() + 1 } };

	owners_ignored = 1;
	cannot_listen("s", &options[_i], ENOTSUP);
	ck_assert_int_eq(count_files("."), 0);
	owners_ignored = 0;
}
END_TEST

static void
put_victim_in_place(void)
{
	ck_assert_int_eq(rename("s", "moved"), 0);
	ck_assert_int_eq(rename("victim", "s"), 0);
}

static void
put_victim_over(void)
{
	ck_assert_int_eq(rename("victim", "s"), 0);
}

/* A socket whose file was renamed is served there; a removed one is not. */
START_TEST(file_that_takes_the_place_keeps_its_mode)
{
	void (*const actions[])(void) = { put_victim_in_place,
	    put_victim_over };
	struct unix_options options = { .mode = 0666 };
	struct unix_listener *listener;
	mode_t usual = umask(022);
	struct stat status;

	ck_assert_int_eq(close(open("victim", O_CREAT | O_WRONLY, 0600)), 0);
	before_change = actions[_i];
	listener = unix_listen("s", of_kind(&options));
	ck_assert_ptr_null(before_change);
	if (_i == 1) {
		ck_assert_ptr_null(listener);
		ck_assert_int_eq(errno, EADDRINUSE);
	}
	umask(usual);
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_uint_eq(status.st_mode, S_IFREG | 0600);
	succeeds(unix_close(listener));
	ck_assert_int_eq(access("s", F_OK), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("attribute_calls");
	TCase *attributes = add_case(suite, "attributes");

	tcase_add_loop_test(attributes, mode_that_is_not_granted_is_ENOTSUP,
	    0, 2);
	tcase_add_loop_test(attributes,
	    group_or_owner_that_is_not_granted_is_ENOTSUP, 0, 3);
#ifdef __linux__
	tcase_add_loop_test(attributes,
	    file_that_takes_the_place_keeps_its_mode, 0, 2);
	tcase_add_test(attributes,
	    file_of_an_unknown_owner_is_ours_if_we_may_change_its_mode);
#endif
	return run_suite(suite);
}
