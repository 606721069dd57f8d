/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unix_explain(): errors of a path, whose file and directory are examined.  A
 * call has failed with each of them.
 */
#include "explained.h"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "original.h"

#define PERMITTED	", which permits the call; a security module denies it"
#define PERMITTED_FILE	PERMITTED ", or UNIX_SAME_USER rejects a server of " \
	"another user"

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
	expect_connect("file/s", ENOTDIR, "file/s: a component of the path is "
	    "not a directory; is the path right?");
	expect_connect("/no", ENOENT,
	    "/no: nothing is there; is the server running?");
	ck_assert_int_eq(symlink("nowhere", "l"), 0);
	expect_connect("l", ENOENT, "l: a dangling symbolic link; is the "
	    "server running?");
	cannot_connect("f", NULL, ENOENT);
	make_file("f");
	expect_text("f", ENOENT,
	    "f: the file did not exist a moment ago; try again");
}
END_TEST

START_TEST(live_server_is_explained)
{
	struct unix_listener *listener;

	close(bind_socket(SOCK_STREAM));
	cannot_connect("s", NULL, ECONNREFUSED);
	listener = listen_at("s", NULL);
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
	expect_listen("/dev/null", EADDRINUSE, "/dev/null: a device is there "
	    "and is not replaced; choose another path or remove it");
}
END_TEST

START_TEST(removed_file_is_explained)
{
	close(bind_socket(SOCK_STREAM));
	cannot_connect("s", NULL, ECONNREFUSED);
	ck_assert_int_eq(unlink("s"), 0);
	expect_text("s", ECONNREFUSED,
	    "s: the file no longer exists; is the server running?");
	make_file("s");
	cannot_listen("s", NULL, EADDRINUSE);
	ck_assert_int_eq(unlink("s"), 0);
	expect_text("s", EADDRINUSE,
	    "s: the file no longer exists; try again");
}
END_TEST

START_TEST(timeout_is_explained)
{
	struct unix_options wait = { .flags = UNIX_WAIT,
	    .connect_timeout = 1 };
	const struct unix_options limit = { .accept_timeout = 1 };
	struct unix_listener *listener;
	struct unix_ports ports;

	cannot_connect("s", &wait, ETIMEDOUT);
	expect_text("s", ETIMEDOUT, "s: nothing is there after the timeout; is "
	    "the server running?");
	close(bind_socket(SOCK_STREAM));
	cannot_connect("s", &wait, ETIMEDOUT);
	expect_text("s", ETIMEDOUT, "s: no server is listening there after the "
	    "timeout; start the server");
	listener = listen_at("s", &limit);
	fails(unix_accept(listener, &ports), ETIMEDOUT);
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
	ck_assert_int_eq(mkdir("no", 0700), 0);
	ck_assert_int_eq(mkdir("no/d", 0700), 0);
	ck_assert_int_eq(chmod("no", owner == 0 ? 0700 : 0), 0);
	become_user();
	expect_listen("no/d/s", EACCES, "no/d/s: not permitted: the directory "
	    "no/d cannot be reached; ask its owner or choose another path");
	become_self();
	ck_assert_int_eq(chmod("no", 0700), 0);
}
END_TEST

START_TEST(file_of_another_group_is_explained)
{
	const struct unix_options group = { .group = 1 };

	ck_assert_int_eq(mkdir("d", 0700), 0);
	ck_assert_int_eq(chmod("d", 0777), 0);
	become_user();
	cannot_listen("d/s", &group, EPERM);
	expect_text("d/s", EPERM, "d/s: not permitted: this user must not give "
	    "a file this group or owner, or a security module denies the call; "
	    "specify a group and owner of this user");
	become_self();
}
END_TEST

/* The receiver FD accepts datagrams of one sender only. */
static void
take_one_sender(int fd)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX,
	    .sun_path = "sender" };
	int sender = socket(AF_UNIX, SOCK_DGRAM, 0);

	ck_assert_int_eq(bind(sender, (struct sockaddr *)&name, sizeof(name)),
	    0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, sizeof(name)),
	    0);
	close(sender);
}

START_TEST(receiver_of_another_sender_is_explained)
{
	int fd = bind_socket(SOCK_DGRAM);

	take_one_sender(fd);
	fails(unix_send("s", "x", 1), EPERM);
	expect_text("s", EPERM, "s: not permitted: the receiver is connected "
	    "to another sender, or a security module denies the call; is the "
	    "address right?");
	close(fd);
}
END_TEST

START_TEST(socket_of_another_type_is_explained)
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
}
END_TEST

START_TEST(lock_of_another_process_is_explained)
{
	int lock;

	ck_assert_int_eq(mkdir("d", 0700), 0);
	ck_assert_int_eq(chdir("d"), 0);
	close(bind_socket(SOCK_STREAM));
	ck_assert_int_eq(chdir(".."), 0);
	lock = open("d", O_RDONLY);
	ck_assert_int_eq(flock(lock, LOCK_EX), 0);
	expect_listen("d/s", EBUSY, "d/s: another process holds the lock of "
	    "the directory d; try again, or remove the stale socket file");
	close(lock);
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
	expect_listen("d/s", EADDRINUSE, expected);
	become_self();
	ck_assert_int_eq(chmod("d", 0700), 0);
}
END_TEST

START_TEST(too_long_path_is_explained)
{
	char path[5000], expected[6000];

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
	path[302] = '\0';
	ck_assert_int_eq(symlink(path, "d"), 0);
	expect_connect("d/s", ENAMETOOLONG, "d/s: the path or the target of a "
	    "symbolic link is too long; choose a shorter one");
	path[301] = '/';
	snprintf(expected, sizeof(expected), "%s: too long: a component has "
	    "301 bytes, 46 more than the limit of 255; choose a shorter one",
	    path);
	expect_connect(path, ENAMETOOLONG, expected);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("explain_path");
	TCase *path = add_case(suite, "path");

	tcase_add_test(path, missing_file_is_explained);
	tcase_add_test(path, live_server_is_explained);
	tcase_add_test(path, stale_socket_is_explained);
	tcase_add_test(path, foreign_socket_is_explained);
	tcase_add_test(path, other_kinds_of_files_are_explained);
	tcase_add_test(path, removed_file_is_explained);
	tcase_add_test(path, timeout_is_explained);
	tcase_add_test(path, missing_permission_is_explained);
	tcase_add_test(path, file_of_another_group_is_explained);
	tcase_add_test(path, receiver_of_another_sender_is_explained);
	tcase_add_test(path, socket_of_another_type_is_explained);
	tcase_add_test(path, lock_of_another_process_is_explained);
	tcase_add_test(path,
	    stale_socket_in_a_protected_directory_is_explained);
	tcase_add_test(path, too_long_path_is_explained);
	return run_suite(suite);
}
