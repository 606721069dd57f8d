/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_explain(): the text for each error. */
#include "support.h"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "original.h"

#define PERMITTED	", which permits the call; a security module denies it"
#define PERMITTED_FILE	PERMITTED ", or UNIX_SAME_USER rejects a server of " \
	"another user"

static char text[12000];
static char own[500];		/* text of this libc */

/* Exactly this line; errno is unchanged. */
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

/* unix_listen() fails with ERROR, and TEXT explains it. */
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

START_TEST(missing_file_is_explained)
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
	expect_connect("file/s", ENOTDIR, "file/s: a component of the path is not "
	    "a directory; is the path right?");
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

START_TEST(live_server_is_explained)
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

START_TEST(stale_socket_is_explained)
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

START_TEST(foreign_socket_is_explained)
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

START_TEST(other_kinds_of_files_are_explained)
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

START_TEST(removed_file_is_explained)
{
	expect_text("s", EADDRINUSE,
	    "s: the file no longer exists; try again");
	expect_text("s", ECONNREFUSED,
	    "s: the file no longer exists; is the server running?");
}
END_TEST

/* With UNIX_WAIT, or if the backlog is full. */
START_TEST(timeout_is_explained)
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
	expect_text("s", ETIMEDOUT, "s: no answer or client before the "
	    "timeout; is the server busy?");
	succeeds(unix_close(listener));
	make_file("s");
	cannot_connect("s", &wait, ETIMEDOUT);
	expect_text("s", ETIMEDOUT, "s: a regular file, not a socket; is the "
	    "path right?");
}
END_TEST

START_TEST(missing_permission_is_explained)
{
	/* faccessat(3) of glibc before 2.33 checks the real user. */
	int is_known = !GLIBC_BEFORE(2, 33) || getuid() != 0;
	struct unix_listener *listener = listen_at("s", NULL);
	char expected[300];
	long owner = (long)geteuid();

	ck_assert_int_eq(chmod("s", owner == 0 ? 0600 : 0), 0);
	become_user();
	cannot_connect("s", NULL, EACCES);
	snprintf(expected, sizeof(expected), "s: not permitted: the file "
	    "belongs to user %ld and has mode %s%s", owner,
	    owner == 0 ? "0600" : "0000", is_known ?
	    "; connecting requires write permission" : PERMITTED_FILE);
	expect_text("s", EACCES, expected);
	become_self();
	succeeds(unix_close(listener));
	ck_assert_int_eq(mkdir("d", 0500), 0);
	become_user();
	cannot_listen("d/s", NULL, EACCES);
	become_self();
	snprintf(expected, sizeof(expected), "d/s: not permitted: the "
	    "directory d belongs to user %ld and has mode 0500%s", owner,
	    owner == 0 ? PERMITTED : "; ask its owner or choose another path");
	expect_text("d/s", EACCES, expected);
	expect_text("no/d/s", EACCES, "no/d/s: not permitted: the directory "
	    "no/d cannot be reached; ask its owner or choose another path");
}
END_TEST

START_TEST(denial_by_a_security_module_is_explained)
{
	char expected[300];
	struct stat here;

	close(bind_socket(SOCK_STREAM));
	ck_assert_int_eq(chmod("s", 0600), 0);
	snprintf(expected, sizeof(expected), "s: not permitted: the file "
	    "belongs to user %ld and has mode 0600%s", (long)geteuid(),
	    PERMITTED_FILE);
	expect_text("s", EACCES, expected);
	expect_text("s", EPERM, expected);
	ck_assert_int_eq(stat(".", &here), 0);
	snprintf(expected, sizeof(expected), "new: not permitted: the "
	    "directory . belongs to user %ld and has mode %04o%s",
	    (long)here.st_uid, (unsigned)here.st_mode & 07777, PERMITTED);
	expect_text("new", EACCES, expected);
	expect_text("new", EPERM, "new: not permitted: this user must not give "
	    "a file this group or owner, or a security module denies the call; "
	    "specify a group and owner of this user");
	expect_text("@up.no", EPERM, "@up.no: not permitted: the receiver is "
	    "connected to another sender, or a security module, such as "
	    "Landlock, denies this name; use a path");
	expect_text("@up.no", EACCES, "@up.no: not permitted: the server "
	    "belongs to another user and UNIX_SAME_USER rejects it, or a "
	    "security module denies the call; ask the administrator");
}
END_TEST

START_TEST(too_long_address_is_explained)
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
	/* The name continues after the NUL. */
	snprintf(expected, sizeof(expected), "@a: too long: the name is "
	    "limited to %zu bytes; choose a shorter one", limit - 1);
	expect_text("\0a", ENAMETOOLONG, expected);
}
END_TEST

#define NOT_VALID	"an argument is not valid, or another process has " \
	"shut the listener down; read_timeout, " \
	"write_timeout, buffer_size, output_limit, UNIX_FILES and " \
	"UNIX_UNTIED require UNIX_GUARDED, timeouts are at least -1, backlog " \
	"is not negative, mode is at most 0777, UNIX_WAIT excludes a " \
	"connect_timeout of -1, and UNIX_DATAGRAM excludes " \
	"UNIX_GUARDED, UNIX_SAME_USER and sigpipe"

START_TEST(malformed_address_is_explained)
{
	expect_connect(NULL, EINVAL, "\"\": the address is empty; specify a "
	    "path");
	expect_connect("", EINVAL, "\"\": the address is empty; specify a "
	    "path");
	expect_connect("@", EINVAL, "@: the name is empty; specify a name");
	expect_connect("unix:", EINVAL, "unix:: the name is empty; specify a "
	    "name");
	expect_connect("fd:x", EINVAL, "fd:x: the number of the descriptor is "
	    "not valid; specify fd:N with a decimal number");
	expect_listen("fd:", EINVAL, "fd:: the number of the descriptor is "
	    "not valid; specify fd:N with a decimal number");
}
END_TEST

START_TEST(invalid_option_is_explained)
{
	const struct unix_options timeout = { .read_timeout = 1 };
	const struct unix_options mode = { .mode = 0600 };

	cannot_connect("s", &timeout, EINVAL);
	expect_text("s", EINVAL, "s: " NOT_VALID);
	cannot_listen("@up.no", &mode, EINVAL);
	expect_text("@up.no", EINVAL, "@up.no: " NOT_VALID
	    "; mode, group and owner require a path");
	expect_connect("systemd:", EINVAL, "systemd:: only unix_listen() "
	    "supports systemd:, or " NOT_VALID
	    "; mode, group and owner require a path");
}
END_TEST

START_TEST(unsupported_option_is_explained)
{
	expect_text("s", ENOTSUP, "s: not supported; UNIX_SIGPIPE_ERROR "
	    "requires UNIX_GUARDED, UNIX_SAME_USER a Unix domain socket, and "
	    "unix_accept() a listener without UNIX_DATAGRAM; or the file "
	    "system or user namespace has not set the mode, owner or group as "
	    "specified");
	expect_text("fd:3", EOPNOTSUPP, "fd:3: not supported; "
	    "UNIX_SIGPIPE_ERROR requires UNIX_GUARDED, UNIX_SAME_USER a Unix "
	    "domain socket, and unix_accept() a listener without "
	    "UNIX_DATAGRAM");
}
END_TEST

/* The sentence for the socket FD, at whose number call fails with ERROR. */
static void
expect_passed(int fd, int error, const char *sentence)
{
	char address[20], expected[700];

	snprintf(address, sizeof(address), "fd:%d", fd);
	snprintf(expected, sizeof(expected), "%s: %s", address, sentence);
	cannot_listen(address, NULL, error);
	expect_text(address, error, expected);
	close(fd);
}

START_TEST(unfit_passed_socket_is_explained)
{
	int pair[2], fd;

	expect_passed(socket(AF_INET, SOCK_STREAM, 0), EINVAL, "the socket is "
	    "of another family, such as TCP; specify a Unix domain socket");
	expect_passed(socket(AF_UNIX, SOCK_DGRAM, 0), EPROTOTYPE, "the socket "
	    "is of another type (datagram); pass one of the right type");
	expect_passed(socket(AF_UNIX, SOCK_SEQPACKET, 0), EPROTOTYPE, "the "
	    "socket is of another type (SEQPACKET); pass one of the right type");
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	expect_passed(pair[0], EINVAL, "unix_listen() requires a listening "
	    "socket, or " NOT_VALID "; mode, group and owner require a path");
	close(pair[1]);
	fd = bind_socket(SOCK_STREAM);
	ck_assert_int_eq(listen(fd, 1), 0);
	snprintf(own, sizeof(own), "fd:%d", fd);
	cannot_connect(own, NULL, EINVAL);
	unix_explain(own, EINVAL, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, ": unix_connect() requires a "
	    "connected socket, or an argument is not valid"));
	close(fd);
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	snprintf(own, sizeof(own), "fd:%d", fd);
	fails(unix_send(own, "x", 1), ENOTCONN);
	unix_explain(own, ENOTCONN, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, ": the socket is not connected; "
	    "connect it, or specify another one"));
	unix_explain(own, EINVAL, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, ": unix_listen() requires a bound "
	    "socket, or an argument is not valid"));
	unix_explain(own, ECONNREFUSED, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, ": the receiver of this socket has "
	    "ended; connect another socket"));
	close(fd);
}
END_TEST

/*
 * The sentence for ADDRESS in a process to which the service manager PID has
 * passed FD as number 3, named "web": in a child, since Check may use 3.
 */
static void
expect_activation(int fd, const char *pid, const char *address, int error,
    const char *sentence)
{
	pid_t child = fork();

	ck_assert_int_ne(child, -1);
	if (child == 0) {
		snprintf(own, sizeof(own), "%ld", (long)getpid());
		setenv("LISTEN_PID", pid == NULL ? own : pid, 1);
		setenv("LISTEN_FDS", "1", 1);
		setenv("LISTEN_FDNAMES", "web", 1);
		if (dup2(fd, 3) != 3 || unix_listen(address, NULL) != NULL ||
		    errno != error)
			_exit(1);
		snprintf(own, sizeof(own), "%s: %s", address, sentence);
		unix_explain(address, error, text, sizeof(text));
		_exit(strcmp(text, own) == 0 ? 0 : 2);
	}
	ck_assert_int_eq(child_status(child), 0);
}

START_TEST(unfit_socket_of_the_service_manager_is_explained)
{
	int tcp = socket(AF_INET, SOCK_STREAM, 0), pair[2];

	expect_activation(tcp, NULL, "systemd:web", EINVAL, "only "
	    "unix_listen() supports systemd:, or the service manager passed a "
	    "socket of another family, such as TCP; specify a path in "
	    "ListenStream=");
	expect_activation(tcp, NULL, "systemd:no", ENOENT, "the service "
	    "manager passed sockets, but none of this name; specify "
	    "FileDescriptorName= in the socket unit");
	expect_activation(tcp, "1", "systemd:", ENOENT, "LISTEN_PID and "
	    "LISTEN_FDS pass no socket to this process; start the program "
	    "without a shell between");
	close(tcp);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	expect_activation(pair[0], NULL, "systemd:", EINVAL, "only "
	    "unix_listen() supports systemd:, or the service manager passed a "
	    "connection, or a socket that does not listen; specify Accept=no "
	    "in the socket unit");
	close(pair[0]);
	close(pair[1]);
}
END_TEST

START_TEST(addresses_without_a_file_are_explained)
{
	expect_listen("systemd:web", ENOENT, "systemd:web: the service manager "
	    "passed no such socket; start the program through its socket unit");
	expect_listen("fd:200", EBADF, "fd:200: the descriptor is not open; "
	    "specify an open socket");
	expect_text("fd:0", ENOTSOCK, "fd:0: the descriptor is not a socket; "
	    "specify an open socket");
	expect_connect("@up.nobody", ECONNREFUSED, "@up.nobody: no server is "
	    "bound to this name in this network namespace; is it running?");
	expect_text("@up.nobody", EADDRINUSE, "@up.nobody: a server is bound "
	    "to this name; stop it or choose another name");
	expect_text("\0up.no", ECONNREFUSED, "@up.no: no server is bound to "
	    "this name in this network namespace; is it running?");
	snprintf(own, sizeof(own), "\"\": %s", strerror(ENAMETOOLONG));
	expect_text(NULL, ENAMETOOLONG, own);
}
END_TEST

START_TEST(other_errors_are_explained)
{
	int fd = bind_socket(SOCK_DGRAM);

	expect_connect("s", EPROTOTYPE, "s: the socket is of another type "
	    "(datagram); is the address right?");
	close(fd);
	ck_assert_int_eq(unlink("s"), 0);
	fd = bind_socket(SOCK_STREAM);
	fails(unix_send("s", "x", 1), EPROTOTYPE);
	expect_text("s", EPROTOTYPE, "s: the socket is of another type (stream "
	    "or SEQPACKET); is the address right?");
	close(fd);
	expect_text("@up.no", EPROTOTYPE, "@up.no: the socket is of another "
	    "type; is the address right?");
	expect_text("@up.late", ETIMEDOUT, "@up.late: no answer or client before "
	    "the timeout; is the server running, or is it busy?");
	expect_text("s", EAFNOSUPPORT, "s: no support for abstract names, or a "
	    "filter, such as RestrictAddressFamilies= of systemd, denies Unix "
	    "domain sockets; use a path, or permit them");
	expect_text("d/s", EBUSY, "d/s: another process holds the lock of the "
	    "directory d; try again, or remove the stale socket file");
	snprintf(own, sizeof(own), "fd:3: %s", strerror(EIO));
	expect_text("fd:3", EIO, own);
}
END_TEST

/* The errors of listen, accept, connect and send that have one sentence. */
START_TEST(error_with_one_cause_has_one_sentence)
{
	static const struct {
		int error;
		const char *sentence;
	} cases[] = {
		{ EAGAIN, "the queue of the receiver is full; send the "
		    "datagram again later" },
		{ EBADF, "the descriptor of the socket is not open; open it, "
		    "and leave closing it to the library" },
		{ ECANCELED, "the listener was interrupted; close it" },
		{ ECONNABORTED, "the client has left; accept the next one" },
		{ EDQUOT, "the quota of this user is exhausted; remove files "
		    "or choose another path" },
		{ ELOOP, "too many symbolic links; is the path right?" },
		{ EMFILE, "this process has no free descriptor; close some, or "
		    "raise the limit of open files" },
		{ EMSGSIZE, "the datagram is too long; send a shorter one" },
		{ ENFILE, "the system has no free file; close some, or raise "
		    "its limit" },
		{ ENOBUFS, "the system has no memory left; try again later" },
		{ ENOMEM, "no memory is left; free some, or try again later" },
		{ ENOSPC, "no space is left for a file; remove files or choose "
		    "another path" },
		{ ENOTDIR, "a component of the path is not a directory; is the "
		    "path right?" },
		{ EPIPE, "the receiver has ended its input; send no more" },
		{ EROFS, "the file system is read-only; choose another path" }
	};
	char expected[200];

	snprintf(expected, sizeof(expected), "s: %s", cases[_i].sentence);
	expect_text("s", cases[_i].error, expected);
}
END_TEST

START_TEST(loop_of_links_is_explained)
{
	ck_assert_int_eq(symlink("l", "l"), 0);
	expect_connect("l", ELOOP,
	    "l: too many symbolic links; is the path right?");
}
END_TEST

START_TEST(stale_socket_in_a_protected_directory_is_explained)
{
	struct stat here;
	char expected[300];

	ck_assert_int_eq(mkdir("d", 0700), 0);
	ck_assert_int_eq(chdir("d"), 0);
	close(bind_socket(SOCK_STREAM));
	ck_assert_int_eq(chdir(".."), 0);
	ck_assert_int_eq(chmod("d/s", 0666), 0);
	ck_assert_int_eq(chmod("d", 01777), 0);
	ck_assert_int_eq(stat("d", &here), 0);
	if (here.st_uid != 0)
		ck_assert_int_eq(chmod("d", 0500), 0);
	become_user();
	snprintf(expected, sizeof(expected), "d/s: no server is listening "
	    "there (a stale socket file), and the directory d belongs to user "
	    "%ld and has mode %s; ask its owner or choose another path",
	    (long)here.st_uid, here.st_uid == 0 ? "1777" : "0500");
	expect_text("d/s", EADDRINUSE, expected);
	become_self();
	ck_assert_int_eq(chmod("d", 0700), 0);
}
END_TEST

START_TEST(byte_that_a_terminal_interprets_is_escaped)
{
	static const struct {
		const char *address, *shown;
	} cases[] = {
		{ "a\n\033[31mb\\\177", "a\\x0a\\x1b[31mb\\\\\\x7f" },
		/* C1, as a byte of ISO 8859 and as U+009B */
		{ "a\2331mb", "a\\x9b1mb" },
		{ "a\302\2331mb", "a\\xc2\\x9b1mb" },
		/* U+202E, U+2066, U+200F, U+061C, U+2028 */
		{ "a\342\200\256b", "a\\xe2\\x80\\xaeb" },
		{ "a\342\201\246b", "a\\xe2\\x81\\xa6b" },
		{ "a\342\200\217b", "a\\xe2\\x80\\x8fb" },
		{ "a\330\234b", "a\\xd8\\x9cb" },
		{ "a\342\200\250b", "a\\xe2\\x80\\xa8b" },
		/* longer than needed, truncated, a surrogate, too large */
		{ "a\300\212b", "a\\xc0\\x8ab" },
		{ "a\340\202\233b", "a\\xe0\\x82\\x9bb" },
		{ "a\342\202", "a\\xe2\\x82" },
		{ "a\355\240\200b", "a\\xed\\xa0\\x80b" },
		{ "a\364\220\200\200b", "a\\xf4\\x90\\x80\\x80b" },
		{ "a\377b", "a\\xffb" },
		/* UTF-8 of two to four bytes stays */
		{ "caf\303\251", "caf\303\251" },
		{ "\342\202\254", "\342\202\254" },
		{ "\360\237\230\200", "\360\237\230\200" },
		{ "\302\240", "\302\240" }
	};
	char expected[200];

	snprintf(expected, sizeof(expected),
	    "%s: nothing is there; is the server running?", cases[_i].shown);
	expect_text(cases[_i].address, ENOENT, expected);
}
END_TEST

START_TEST(long_escaped_path_is_not_truncated)
{
	char path[1001], expected[9000] = "";
	size_t i;

	for (i = 0; i < sizeof(path) - 1; i++)
		path[i] = i % 200 == 199 ? '/' : '\n';
	path[i] = '\0';
	for (i = 0; i < sizeof(path) - 1; i++)
		strcat(expected, path[i] == '/' ? "/" : "\\x0a");
	strcat(expected, ": the directory ");
	for (i = 0; i < sizeof(path) - 2; i++)
		strcat(expected, path[i] == '/' ? "/" : "\\x0a");
	strcat(expected, " does not exist; create it");
	expect_text(path, ENOENT, expected);
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

	tcase_add_test(path, missing_file_is_explained);
	tcase_add_test(path, live_server_is_explained);
	tcase_add_test(path, stale_socket_is_explained);
	tcase_add_test(path, foreign_socket_is_explained);
	tcase_add_test(path, other_kinds_of_files_are_explained);
	tcase_add_test(path, removed_file_is_explained);
	tcase_add_test(path, timeout_is_explained);
	tcase_add_test(path, missing_permission_is_explained);
	tcase_add_test(path, denial_by_a_security_module_is_explained);
	tcase_add_test(path, loop_of_links_is_explained);
	tcase_add_test(path,
	    stale_socket_in_a_protected_directory_is_explained);
	tcase_add_test(path, too_long_address_is_explained);
	tcase_add_test(other, malformed_address_is_explained);
	tcase_add_test(other, invalid_option_is_explained);
	tcase_add_test(other, unsupported_option_is_explained);
	tcase_add_test(other, unfit_passed_socket_is_explained);
	tcase_add_test(other, unfit_socket_of_the_service_manager_is_explained);
	tcase_add_test(other, addresses_without_a_file_are_explained);
	tcase_add_test(other, other_errors_are_explained);
	tcase_add_loop_test(other, error_with_one_cause_has_one_sentence, 0,
	    15);
	tcase_add_loop_test(other,
	    byte_that_a_terminal_interprets_is_escaped,
	    0, 18);
	tcase_add_test(other, long_escaped_path_is_not_truncated);
	tcase_add_test(other, truncated_text_is_counted);
	return run_suite(suite);
}
