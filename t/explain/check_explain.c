/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_explain(): what a person reads. */
#include "support.h"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "original.h"

static char text[8000];
static char own[500];		/* in the words of this libc */

/* This very line, and errno is left alone. */
static void
expect_text(const char *address, int error, const char *expected)
{
	int result;

	errno = EDOM;
	result = unix_explain(address, error, text, sizeof(text));
	ck_assert_int_eq(errno, EDOM);
	ck_assert_int_eq(result, (int)strlen(text));
	ck_assert_str_eq(text, expected);
}

/* Listening there fails, and that is explained so. */
static void
expect_listen(const char *address, int error, const char *expected)
{
	cannot_listen(address, NULL, error);
	expect_text(address, error, expected);
}

static void
expect_connect(const char *address, int error, const char *expected)
{
	cannot_connect(address, NULL, error);
	expect_text(address, error, expected);
}

static void
make_file(const char *path)
{
	ck_assert_int_eq(close(open(path, O_CREAT | O_WRONLY, 0640)), 0);
}

START_TEST(nothing_there)
{
	expect_connect("s", ENOENT,
	    "s: nothing is there; is the server running?");
	expect_connect("unix:s", ENOENT,
	    "unix:s: nothing is there; is the server running?");
	expect_listen("no/s", ENOENT,
	    "no/s: the directory no does not exist; create it");
	expect_connect("/no/s", ENOENT,
	    "/no/s: the directory /no does not exist; create it");
	make_file("file");
	expect_connect("file/s", ENOTDIR, "file/s: a component before the last "
	    "slash is not a directory; is the path right?");
	expect_connect("/no", ENOENT,
	    "/no: nothing is there; is the server running?");
	ck_assert_int_eq(symlink("nowhere", "l"), 0);
	expect_connect("l", ENOENT, "l: a dangling symbolic link; is the "
	    "server running?");
	make_file("f");
	expect_text("f", ENOENT,
	    "f: the file did not exist a moment ago; try again");
}
END_TEST

START_TEST(live_server)
{
	struct unix_listener *listener = listen_at("s", NULL);

	expect_listen("s", EADDRINUSE, "s: a server is there already; "
	    "stop it or choose another path");
	expect_text("s", ECONNREFUSED,
	    "s: no server was listening there a moment ago; try again");
	answers(unix_accept_ready(listener), 0);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(stale_socket)
{
	struct unix_options no = { .flags = UNIX_NO_RECLAIM };

	close(bind_socket(SOCK_STREAM));
	expect_connect("s", ECONNREFUSED, "s: no server is listening there (a "
	    "stale socket file); start the server");
	cannot_listen("s", &no, EADDRINUSE);
	expect_text("s", EADDRINUSE, "s: no server is listening there (a stale "
	    "socket file, which is not reclaimed); remove the file");
}
END_TEST

START_TEST(socket_of_another_program)
{
	char expected[200];
	long owner = (long)geteuid();

	close(bind_socket(SOCK_STREAM));
	ck_assert_int_eq(chmod("s", owner == 0 ? 0600 : 0), 0);
	become_user();
	cannot_listen("s", NULL, EADDRINUSE);
	snprintf(expected, sizeof(expected), "s: a socket that cannot be "
	    "probed belongs to user %ld and has mode %s; "
	    "choose another path", owner, owner == 0 ? "0600" : "0000");
	expect_text("s", EADDRINUSE, expected);
	become_self();
}
END_TEST

START_TEST(something_that_is_no_socket)
{
	make_file("f");
	expect_listen("f", EADDRINUSE, "f: a regular file is there and is not "
	    "replaced; choose another path or remove it");
	expect_connect("f", ECONNREFUSED,
	    "f: a regular file, not a socket; is the path right?");
	ck_assert_int_eq(mkdir("d", 0700), 0);
	expect_listen("d", EADDRINUSE, "d: a directory is there and is not "
	    "replaced; choose another path or remove it");
	ck_assert_int_eq(symlink("f", "l"), 0);
	expect_listen("l", EADDRINUSE, "l: a symbolic link is there and is not "
	    "replaced; choose another path or remove it");
	ck_assert_int_eq(mkfifo("p", 0600), 0);
	expect_connect("p", ECONNREFUSED,
	    "p: a named pipe, not a socket; is the path right?");
	expect_text("/dev/null", EADDRINUSE, "/dev/null: a device is there and "
	    "is not replaced; choose another path or remove it");
}
END_TEST

START_TEST(something_that_has_gone_meanwhile)
{
	expect_text("s", EADDRINUSE,
	    "s: the file no longer exists; try again");
	expect_text("s", ECONNREFUSED,
	    "s: the file no longer exists; is the server running?");
}
END_TEST

/* With UNIX_WAIT, or where the backlog is full. */
START_TEST(late)
{
	struct unix_options wait = { .flags = UNIX_WAIT,
	    .connect_timeout = 1 };
	struct unix_listener *listener;

	cannot_connect("s", &wait, ETIMEDOUT);
	expect_text("s", ETIMEDOUT, "s: nothing is there after the timeout; is "
	    "the server running?");
	close(bind_socket(SOCK_STREAM));
	cannot_connect("s", &wait, ETIMEDOUT);
	expect_text("s", ETIMEDOUT, "s: no server is listening there after the "
	    "timeout; start the server");
	listener = listen_at("s", NULL);
	expect_text("s", ETIMEDOUT, "s: no answer before the timeout; is the "
	    "server busy?");
	succeeds(unix_close(listener));
	make_file("s");
	cannot_connect("s", &wait, ETIMEDOUT);
	expect_text("s", ETIMEDOUT, "s: a regular file, not a socket; is the "
	    "path right?");
}
END_TEST

START_TEST(no_permission)
{
	/* faccessat(2) of glibc before 2.33 asks for the real user. */
	int is_known = !GLIBC_BEFORE(2, 33) || getuid() != 0;
	struct unix_listener *listener = listen_at("s", NULL);
	char expected[200];
	long owner = (long)geteuid();

	ck_assert_int_eq(chmod("s", owner == 0 ? 0600 : 0), 0);
	become_user();
	cannot_connect("s", NULL, EACCES);
	snprintf(expected, sizeof(expected), "s: not permitted: the file "
	    "belongs to user %ld and has mode %s; %s", owner,
	    owner == 0 ? "0600" : "0000",
	    is_known ? "connecting requires write permission" :
	    "the file or its server belongs to another user");
	expect_text("s", EACCES, expected);
	become_self();
	succeeds(unix_close(listener));
	/* As UNIX_SAME_USER says it of a file that may be written. */
	close(bind_socket(SOCK_STREAM));
	ck_assert_int_eq(chmod("s", 0600), 0);
	snprintf(expected, sizeof(expected), "s: not permitted: the file "
	    "belongs to user %ld and has mode 0600; the file or its server "
	    "belongs to another user", owner);
	expect_text("s", EACCES, expected);
	ck_assert_int_eq(mkdir("d", 0500), 0);
	become_user();
	cannot_listen("d/s", NULL, EACCES);
	become_self();
	snprintf(expected, sizeof(expected), "d/s: not permitted: the "
	    "directory d belongs to user %ld and has mode 0500; ask its "
	    "owner or choose another path", owner);
	expect_text("d/s", EACCES, expected);
	expect_text("no/d/s", EACCES, "no/d/s: not permitted: the directory "
	    "no/d cannot be reached; ask its owner or choose another path");
	/* As of a group that only others may give. */
	expect_text("new", EPERM, "new: not permitted: the file system does "
	    "not allow a socket, or not with this group, mode or owner; "
	    "choose another path or a group of this user");
}
END_TEST

START_TEST(too_long)
{
	char path[5000], expected[6000];
	size_t limit = sizeof(((struct sockaddr_un *)0)->sun_path);

	memset(path, 'x', sizeof(path));
	path[300] = '\0';
	snprintf(expected, sizeof(expected), "%s: too long: a component has "
	    "300 bytes, 45 more than the limit of 255; choose a shorter one",
	    path);
	expect_listen(path, ENAMETOOLONG, expected);
	memset(path, '/', sizeof(path));
	path[4100] = '\0';
	snprintf(expected, sizeof(expected), "%s: too long: the path has "
	    "4100 bytes, 5 more than the limit of 4095; choose a shorter one",
	    path);
	expect_connect(path, ENAMETOOLONG, expected);
	memset(path, 'x', sizeof(path));
	path[0] = path[302] = '\0';
	expect_text("d/s", ENAMETOOLONG, "d/s: the path or the target of a "
	    "symbolic link is too long; choose a shorter one");
	path[0] = 'x';
	path[301] = '/';
	snprintf(expected, sizeof(expected), "%s: too long: a component has "
	    "301 bytes, 46 more than the limit of 255; choose a shorter one",
	    path);
	expect_connect(path, ENAMETOOLONG, expected);
	memset(path, 'x', sizeof(path));
	*path = '@';
	path[limit + 3] = '\0';
	snprintf(expected, sizeof(expected), "%s: too long: the name has "
	    "%zu bytes, 3 more than the limit of %zu; choose a shorter one",
	    path, limit + 2, limit - 1);
	expect_listen(path, ENAMETOOLONG, expected);
	memset(path, 'x', sizeof(path));
	memcpy(path, "unix:@", 6);
	path[limit + 6] = '\0';
	snprintf(expected, sizeof(expected), "%s: too long: the name has "
	    "%zu bytes, 1 more than the limit of %zu; choose a shorter one",
	    path, limit, limit - 1);
	expect_listen(path, ENAMETOOLONG, expected);
	/* It goes on behind the NUL. */
	snprintf(expected, sizeof(expected), "@a: too long: the name is "
	    "limited to %zu bytes; choose a shorter one", limit - 1);
	expect_text("\0a", ENAMETOOLONG, expected);
}
END_TEST

START_TEST(malformed)
{
	expect_connect(NULL, EINVAL, "\"\": the address is empty; specify a "
	    "path");
	expect_connect("", EINVAL, "\"\": the address is empty; specify a "
	    "path");
	expect_connect("@", EINVAL, "@: the name is empty; specify a name");
	expect_connect("unix:", EINVAL, "unix:: the name is empty; specify a "
	    "name");
	expect_connect("fd:x", EINVAL, "fd:x: the descriptor is invalid, or an "
	    "option conflicts with it; specify the number of an open socket");
	expect_connect("systemd:", EINVAL, "systemd:: only a listener without "
	    "options for a file can use systemd:; specify a path");
	expect_text("s", EINVAL, "s: the address contains a NUL byte, or an "
	    "option conflicts with it or with plain ports; remove the byte or "
	    "the option");
}
END_TEST

START_TEST(option_that_the_system_does_not_have)
{
	expect_text("s", ENOTSUP, "s: an option is not supported here; the "
	    "file system may refuse the mode, group or owner, and "
	    "UNIX_SIGPIPE_ERROR requires UNIX_GUARDED");
}
END_TEST

START_TEST(forms_without_a_file)
{
	expect_listen("systemd:web", ENOENT, "systemd:web: the service manager "
	    "passed no such socket; start the program through its socket unit");
	expect_listen("fd:200", EBADF, "fd:200: the descriptor is not open; "
	    "specify an open socket");
	expect_text("fd:0", ENOTSOCK, "fd:0: the descriptor is not a socket; "
	    "specify an open socket");
	expect_connect("@up.nobody", ECONNREFUSED, "@up.nobody: no server is "
	    "bound to this name; is it running?");
	expect_text("@up.nobody", EADDRINUSE, "@up.nobody: a server is bound "
	    "to this name; stop it or choose another name");
	expect_text("\0up.no", ECONNREFUSED, "@up.no: no server is bound to "
	    "this name; is it running?");
	snprintf(own, sizeof(own), "\"\": %s", strerror(ENAMETOOLONG));
	expect_text(NULL, ENAMETOOLONG, own);
}
END_TEST

START_TEST(other_errors)
{
	int fd = bind_socket(SOCK_DGRAM);

	expect_connect("s", EPROTOTYPE, "s: the socket is of another type; is "
	    "the address right?");
	close(fd);
	expect_text("@up.late", ETIMEDOUT, "@up.late: no answer before the "
	    "timeout; is the server running, or is it busy?");
	expect_text("s", EAFNOSUPPORT, "s: this system does not support such "
	    "an address; use a path");
	expect_text("d/s", EBUSY, "d/s: another process holds the lock of the "
	    "directory d; try again, or remove the stale socket file");
	snprintf(own, sizeof(own), "s: %s", strerror(EMFILE));
	expect_text("s", EMFILE, own);
	snprintf(own, sizeof(own), "fd:3: %s", strerror(EIO));
	expect_text("fd:3", EIO, own);
}
END_TEST

START_TEST(control_bytes_are_shown)
{
	expect_text("a\n\033[31mb\\\177", ENOENT, "a\\x0a\\x1b[31mb\\\\\\x7f: "
	    "nothing is there; is the server running?");
}
END_TEST

START_TEST(truncated_text_is_counted)
{
	char small[8] = "unknown";
	int whole = unix_explain("s", ENOENT, NULL, 0);

	ck_assert_int_eq(unix_explain("s", ENOENT, small, sizeof(small)),
	    whole);
	ck_assert_str_eq(small, "s: noth");
	ck_assert_int_eq(whole, (int)strlen("s: nothing is there; "
	    "is the server running?"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("explain");
	TCase *path = add_case(suite, "path");
	TCase *other = add_case(suite, "other");

	tcase_add_test(path, nothing_there);
	tcase_add_test(path, live_server);
	tcase_add_test(path, stale_socket);
	tcase_add_test(path, socket_of_another_program);
	tcase_add_test(path, something_that_is_no_socket);
	tcase_add_test(path, something_that_has_gone_meanwhile);
	tcase_add_test(path, late);
	tcase_add_test(path, no_permission);
	tcase_add_test(path, too_long);
	tcase_add_test(other, malformed);
	tcase_add_test(other, option_that_the_system_does_not_have);
	tcase_add_test(other, forms_without_a_file);
	tcase_add_test(other, other_errors);
	tcase_add_test(other, control_bytes_are_shown);
	tcase_add_test(other, truncated_text_is_counted);
	return run_suite(suite);
}
