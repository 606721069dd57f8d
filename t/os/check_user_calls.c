/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Users that a namespace does not map have the overflow uid.  The files in
 * which the kernel describes the namespace are replaced, so that any user can
 * run the tests.
 */
#include "support.h"

#include <sys/stat.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "original.h"

#define EVERY_USER	"         0          0 4294967295\n"

/* The replacements of the files, in the directory of the test. */
static int replaced;

static const char *
replacement(const char *path)
{
	const char *last = strrchr(path, '/');

	return replaced && strncmp(path, "/proc/", 6) == 0 &&
	    (strcmp(last, "/overflowuid") == 0 ||
	    strcmp(last, "/uid_map") == 0) ? last + 1 : path;
}

int
open(const char *path, int flags, ...)
{
	int (*real)(const char *, int, ...);
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
	va_end(rest);
	*(void **)&real = original("open");
	return real(replacement(path), flags, mode);
}

/* If TEXT is NULL, the file is missing. */
static void
write_file(const char *path, const char *text)
{
	FILE *file;

	if (text == NULL)
		return;
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ne(fputs(text, file), EOF);
	ck_assert_int_eq(fclose(file), 0);
}

/* Simulates a namespace with this MAP, in which OVERFLOW is unmapped. */
static void
enter_namespace(const char *overflow, const char *map)
{
	write_file("overflowuid", overflow);
	write_file("uid_map", map);
	replaced = 1;
}

static void
enter_as_overflow(const char *map)
{
	char own[32];

	snprintf(own, sizeof(own), "%ld\n", (long)geteuid());
	enter_namespace(own, map);
}

static const char *const complete[] = {
	EVERY_USER,
	"0 100 1000\n1000 5000 3294967295\n"
	    "3294968295 4000000000 999999000\n"
};

static const char *const incomplete[] = {
	"",
	"         0       1000          1\n",
	"0 0 65534\n65535 65535 4294901759\n",
	"0 0 4294967294\n",
	NULL
};

static struct unix_options same = { .flags = UNIX_SAME_USER,
	.accept_timeout = -1 };

static void
expect_accepted(void)
{
	struct connection c;

	c.listener = listen_at("s", &same);
	succeeds(unix_connect("s", of_kind(&same), &c.client));
	succeeds(unix_accept(c.listener, &c.server));
	close_connection(&c);
}

START_TEST(user_of_a_complete_map_is_the_own_user)
{
	enter_as_overflow(complete[_i]);
	expect_accepted();
}
END_TEST

START_TEST(uid_other_than_the_overflow_uid_is_the_own_user)
{
	char other[32];

	snprintf(other, sizeof(other), "%ld\n", (long)geteuid() + 1);
	enter_namespace(other, NULL);
	expect_accepted();
}
END_TEST

START_TEST(unmapped_client_is_dropped)
{
	struct unix_listener *listener;
	struct unix_ports client, server;

	enter_as_overflow(incomplete[_i]);
	listener = listen_at("s", &same);
	succeeds(unix_connect("s", of_kind(NULL), &client));
	fails(unix_accept(listener, &server), ETIMEDOUT);
	succeeds(unix_abandon_ports(&client));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(unmapped_server_is_rejected)
{
	struct unix_listener *listener = listen_at("s", NULL);

	enter_as_overflow(incomplete[_i]);
	cannot_connect("s", &same, EACCES);
	succeeds(unix_close(listener));
}
END_TEST

/* The overflow uid is then the default of the kernel. */
START_TEST(unknown_overflow_uid_is_65534)
{
	enter_namespace(NULL, NULL);
	if (geteuid() != 65534)
		expect_accepted();
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(chmod(".", 0777), 0);
	become_user();
	cannot_connect("s", &same, ENOENT);
	succeeds(unix_close(listen_at("s", NULL)));
	become_self();
}
END_TEST

START_TEST(runtime_directory_of_an_unmapped_user_is_rejected)
{
	char here[100];

	ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
	ck_assert_int_eq(chmod(here, 0700), 0);
	ck_assert_int_eq(setenv("XDG_RUNTIME_DIR", here, 1), 0);
	free(unix_runtime_path("s"));
	enter_as_overflow(incomplete[_i]);
	errno = 0;
	ck_assert_ptr_null(unix_runtime_path("s"));
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

/* chmod(2) shows the owner, since the kernel distinguishes all users. */
static int refusals;

int
chmod(const char *path, mode_t mode)
{
	int (*real)(const char *, mode_t);

	if (refusals > 0) {
		refusals--;
		errno = EPERM;
		return -1;
	}
	*(void **)&real = original("chmod");
	return real(path, mode);
}

START_TEST(own_socket_file_is_recognized_without_a_map)
{
	enter_as_overflow(incomplete[_i]);
	succeeds(unix_close(listen_at("s", NULL)));
	ck_assert_int_eq(access("s", F_OK), -1);
}
END_TEST

START_TEST(socket_file_of_an_unmapped_user_is_not_owned)
{
	enter_as_overflow(incomplete[_i]);
	refusals = 1;
	cannot_listen("s", NULL, EADDRINUSE);
	ck_assert_int_eq(refusals, 0);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *map = add_case(suite, "map");

	tcase_add_loop_test(map, user_of_a_complete_map_is_the_own_user, 0,
	    COUNT(complete));
	tcase_add_test(map, uid_other_than_the_overflow_uid_is_the_own_user);
	tcase_add_loop_test(map, unmapped_client_is_dropped, 0,
	    COUNT(incomplete));
	tcase_add_loop_test(map, unmapped_server_is_rejected, 0,
	    COUNT(incomplete));
	tcase_add_test(map, unknown_overflow_uid_is_65534);
	tcase_add_loop_test(map,
	    runtime_directory_of_an_unmapped_user_is_rejected, 0,
	    COUNT(incomplete));
	tcase_add_loop_test(map, own_socket_file_is_recognized_without_a_map,
	    0, COUNT(incomplete));
	tcase_add_loop_test(map, socket_file_of_an_unmapped_user_is_not_owned,
	    0, COUNT(incomplete));
}

int
main(void)
{
	return run_kinds("user_calls", fill);
}
