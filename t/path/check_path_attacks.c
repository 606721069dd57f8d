/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A path of root in a directory of another user, on file systems that reject
 * attributes, and with a false /proc.
 */
#include "support.h"

#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privilege.h"

#ifndef SIOCUNIXFILE			/* of <linux/un.h> */
#define SIOCUNIXFILE	SIOCPROTOPRIVATE
#endif

#define STRANGER	65534
#define RACE_MS		3000

/* Exchanges s and secret until the parent ends. */
static void
exchange_for_ever(void)
{
	const unsigned exchange = 2;

	ck_assert_int_eq(setgid(STRANGER), 0);
	ck_assert_int_eq(setuid(STRANGER), 0);
	for (;;)
		(void)syscall(SYS_renameat2, AT_FDCWD, "s", AT_FDCWD, "secret",
		    exchange);
}

/* Make a file of root, and a live socket of another server of root. */
static int
make_secret_file(void)
{
	return open("secret", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
}

static int
make_secret_socket(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX,
	    .sun_path = "secret" };
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int file = -1;

	ck_assert_int_eq(fchmod(server, 0600), 0);
	if (bind(server, (struct sockaddr *)&name, sizeof(name)) == 0)
		file = ioctl(server, SIOCUNIXFILE, 0);
	close(server);
	return file;
}

static int (*const make_secret[])(void) = { make_secret_file,
    make_secret_socket };

static void
expect_untouched(int secret)
{
	struct stat status;

	ck_assert_int_eq(fstatat(secret, "", &status, AT_EMPTY_PATH), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
	ck_assert_uint_eq(status.st_gid, 0);
}

/* Makes a new secret if its name is free. */
static int
renew_secret(int old, int (*make)(void))
{
	int new = make();

	if (new == -1)
		return old;
	close(old);
	return new;
}

START_TEST(directory_owner_cannot_exchange_the_file_that_is_changed)
{
	int (*make)(void) = make_secret[_i / 2];
	struct unix_options options = { .mode = 0660,
	    .group = _i % 2 == 0 ? 0 : STRANGER };
	struct unix_listener *listener;
	long long end = milliseconds() + RACE_MS;
	mode_t usual = umask(022);
	int secret = make();
	pid_t attacker;

	ck_assert_int_ne(secret, -1);
	ck_assert_int_eq(chown(".", STRANGER, STRANGER), 0);
	attacker = fork();
	if (attacker == 0)
		exchange_for_ever();
	ck_assert_int_ne(attacker, -1);
	while (milliseconds() < end) {
		listener = unix_listen("s", &options);
		expect_untouched(secret);
		unix_close(listener);
		secret = renew_secret(secret, make);
	}
	close(secret);
	kill(attacker, SIGKILL);
	ck_assert(WIFSIGNALED(child_status(attacker)));
	umask(usual);
}
END_TEST

/*
 * The other program, in its own directory, until its parent ends: it removes s,
 * listens there, and closes the socket without removing the file.  While it
 * listens, its file must not be removed, but may be renamed and renamed back.
 * A violation is written to REPORT.
 */
static void
displace_for_ever(int report)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "s" };
	struct stat status = { .st_nlink = 1 };
	int server, file, i;

	ck_assert_int_eq(setgid(STRANGER), 0);
	ck_assert_int_eq(setuid(STRANGER), 0);
	for (;;) {
		server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		unlink("s");
		if (bind(server, (struct sockaddr *)&name, sizeof(name)) == 0 &&
		    listen(server, 1) == 0 &&
		    (file = open("s", O_PATH | O_NOFOLLOW | O_CLOEXEC)) != -1) {
			for (i = 0; i < 30; i++)
				(void)fstatat(file, "", &status, AT_EMPTY_PATH);
			if (status.st_nlink == 0 && write(report, "!", 1) != 1)
				_exit(1);
			close(file);
		}
		close(server);
		for (i = 0; i < 30; i++)
			(void)lstat("s", &status);
	}
}

/* Returns the number of violations in 3 seconds. */
static int
count_displacements(uid_t starter)
{
	long long end = milliseconds() + RACE_MS;
	struct unix_listener *listener;
	int hits[2], count = 0;
	char byte;
	pid_t other;

	ck_assert_int_eq(chown(".", STRANGER, STRANGER), 0);
	ck_assert_int_eq(pipe2(hits, O_CLOEXEC | O_NONBLOCK), 0);
	other = fork();
	if (other == 0)
		displace_for_ever(hits[1]);
	ck_assert_int_ne(other, -1);
	ck_assert_int_eq(seteuid(starter), 0);
	while (milliseconds() < end) {
		listener = unix_listen("s", NULL);
		unix_close(listener);
	}
	kill(other, SIGKILL);
	ck_assert(WIFSIGNALED(child_status(other)));
	unlink("s");
	/* The next start finds a file that an earlier one did not put back. */
	listener = unix_listen("s", NULL);
	ck_assert_ptr_nonnull(listener);
	ck_assert_int_eq(unix_close(listener), 0);
	ck_assert_int_eq(seteuid(0), 0);
	while (read(hits[0], &byte, 1) == 1)
		count++;
	close(hits[0]);
	close(hits[1]);
	return count;
}

/*
 * A file that was replaced while it was moved keeps its private name until a
 * start of its owner.
 */
static int
count_files_except_of(uid_t owner)
{
	DIR *files = opendir(".");
	struct dirent *file;
	struct stat status;
	int count = 0;

	ck_assert_ptr_nonnull(files);
	while ((file = readdir(files)) != NULL) {
		ck_assert_int_eq(lstat(file->d_name, &status), 0);
		count += !S_ISDIR(status.st_mode) && status.st_uid != owner;
	}
	closedir(files);
	return count;
}

/* The listener is started by root, and by the other user. */
START_TEST(live_socket_of_another_program_is_not_removed)
{
	int hits = count_displacements(_i == 0 ? 0 : STRANGER);

	printf("# live sockets removed in %d ms: %d\n", RACE_MS, hits);
	fflush(stdout);
	ck_assert_int_eq(hits, 0);
	ck_assert_int_eq(_i == 0 ? count_files_except_of(STRANGER) :
	    count_files("."), 0);
}
END_TEST

/* Show the directory real as mounted, changed by OPTION. */
static int
mount_with(const char *option)
{
	pid_t child = fork();

	if (child == 0) {
		execlp("bindfs", "bindfs", option, "real", "mounted",
		    (char *)NULL);
		_exit(127);
	}
	return child_status(child);
}

/*
 * Returns the error of unix_listen() on a file system that bindfs mounts with
 * OPTION, or 0.  It is unmounted in any case, and no file may be left.
 */
static int
error_with(const char *option, const struct unix_options *options)
{
	struct unix_listener *listener;
	int error;

	ck_assert_int_eq(mkdir("real", 0755), 0);
	ck_assert_int_eq(mkdir("mounted", 0755), 0);
	ck_assert_int_eq(mount_with(option), 0);
	listener = unix_listen("mounted/s", options);
	error = listener == NULL ? errno : 0;
	unix_close(listener);
	ck_assert_int_eq(umount2("mounted", MNT_DETACH), 0);
	ck_assert_int_eq(rmdir("mounted"), 0);
	ck_assert_int_eq(rmdir("real"), 0);
	return error;
}

START_TEST(attribute_that_is_not_granted_is_ENOTSUP)
{
	static const struct {
		const char *option;
		struct unix_options options;
		int error;
	} cases[] = {
		{ "--perms=0777", { 0 }, ENOTSUP },
		{ "--perms=0777", { .mode = 0660 }, ENOTSUP },
		{ "--chmod-ignore", { .mode = 0660 }, ENOTSUP },
		{ "--chmod-deny", { .mode = 0660 }, ENOTSUP },
		{ "--chgrp-ignore", { .group = STRANGER }, ENOTSUP },
		{ "--force-group=0", { .group = STRANGER }, ENOTSUP },
		{ "--chgrp-deny", { .group = STRANGER }, EPERM },
		{ "--chown-ignore", { .owner = STRANGER }, ENOTSUP },
		{ "--force-user=0", { .owner = STRANGER }, ENOTSUP },
		{ "--chown-deny", { .owner = STRANGER }, EPERM },
		{ "--chown-normal", { .mode = 0660, .group = STRANGER,
		    .owner = STRANGER }, 0 },
		{ "--chmod-normal", { .mode = 0660, .group = STRANGER }, 0 },
	};
	mode_t usual = umask(022);

	ck_assert_int_eq(error_with(cases[_i].option, &cases[_i].options),
	    cases[_i].error);
	umask(usual);
}
END_TEST

/* In /proc of the new root, each descriptor looks like a stale socket. */
static void
fake_proc(void)
{
	static const char *const tables[] = { "root/proc/self/fd",
	    "root/proc/thread-self/fd" };
	struct unix_options keep = { .flags = UNIX_KEEP };
	char path[100];
	size_t i;
	int fd;

	ck_assert_int_eq(mkdir("root/proc", 0755), 0);
	ck_assert_int_eq(mkdir("root/proc/self", 0755), 0);
	ck_assert_int_eq(mkdir("root/proc/thread-self", 0755), 0);
	for (i = 0; i < COUNT(tables); i++) {
		ck_assert_int_eq(mkdir(tables[i], 0755), 0);
		for (fd = 3; fd < 40; fd++) {
			snprintf(path, sizeof(path), "%s/%d", tables[i], fd);
			succeeds(unix_close(listen_at(path, &keep)));
		}
	}
}

static int
is_displaced(void)
{
	if (chroot("root") == -1 || chdir("/") == -1)
		return 2;
	return unix_listen("s", NULL) != NULL || errno != EADDRINUSE;
}

START_TEST(refusal_of_another_file_is_no_proof)
{
	struct unix_listener *live;
	pid_t child;

	ck_assert_int_eq(mkdir("root", 0755), 0);
	if (_i == 1)
		fake_proc();
	live = listen_at("root/s", NULL);
	child = fork();
	if (child == 0)
		_exit(is_displaced());
	ck_assert_int_eq(child_status(child), 0);
	expect_reachable(live, "root/s");
	succeeds(unix_close(live));
}
END_TEST

#ifdef SYS_newfstatat
/* Of <linux/filter.h> and <linux/seccomp.h>, which musl-gcc does not find. */
#define LOAD_WORD	0x20
#define JUMP_IF_EQUAL	0x15
#define RETURN		0x06
#define RETURN_ERRNO	0x00050000u
#define RETURN_ALLOW	0x7fff0000u
#define MODE_FILTER	2

struct filter_step {
	uint16_t code;
	uint8_t if_true, if_false;
	uint32_t operand;
};

/* Makes CALL fail with ERROR in this process from now on. */
static int
deny_call(unsigned call, unsigned error)
{
	struct filter_step steps[] = {
		{ LOAD_WORD, 0, 0, 0 },		/* the number of the call */
		{ JUMP_IF_EQUAL, 0, 1, call },
		{ RETURN, 0, 0, RETURN_ERRNO | error },
		{ RETURN, 0, 0, RETURN_ALLOW },
	};
	struct {
		unsigned short count;
		struct filter_step *steps;
	} program = { COUNT(steps), steps };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ? -1 :
	    prctl(PR_SET_SECCOMP, MODE_FILTER, &program);
}

static const struct {
	unsigned call;
	unsigned error;
} denied[] = {
	{ SYS_newfstatat, EPERM },
	{ SYS_newfstatat, EACCES },
	{ SYS_newfstatat, ENOSYS },
	{ SYS_openat, EPERM },
	{ SYS_ioctl, EPERM },
	{ SYS_listen, EACCES },
	{ SYS_fchownat, EPERM },
	{ SYS_getdents64, EPERM },
	{ SYS_renameat2, EPERM },
	{ SYS_socket, EPERM },
};

/* unix_listen() fails or succeeds without the call, and leaves no file. */
START_TEST(listen_leaves_no_file_where_a_call_is_denied)
{
	const struct unix_options options = { .mode = 0660, .group = STRANGER };
	struct unix_listener *listener;
	pid_t child = fork();

	if (child == 0) {
		if (deny_call(denied[_i].call, denied[_i].error) == -1)
			_exit(1);
		listener = unix_listen("s", &options);
		_exit(listener != NULL && unix_close(listener) == -1);
	}
	ck_assert_int_eq(child_status(child), 0);
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST
#endif

/* Private files of other users are left for unix_listen() of these users. */
START_TEST(private_file_of_another_user_stays)
{
	struct unix_options keep = { .flags = UNIX_KEEP };
	const char *const name = ".unixport-0123abcd-s";

	ck_assert_int_eq(chmod(".", 0777), 0);
	ck_assert_int_eq(seteuid(_i == 0 ? STRANGER : 0), 0);
	succeeds(unix_close(listen_at(name, &keep)));
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(seteuid(_i == 0 ? 0 : STRANGER), 0);
	succeeds(unix_close(listen_at("next", NULL)));
	ck_assert_int_eq(access(name, F_OK), 0);
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(seteuid(_i == 0 ? STRANGER : 0), 0);
	succeeds(unix_close(listen_at("next", NULL)));
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

/* The stale file and the directory belong to another user. */
START_TEST(stale_file_in_a_sticky_directory_is_in_use)
{
	struct unix_options keep = { .flags = UNIX_KEEP, .mode = 0666 };

	ck_assert_int_eq(chmod(".", 01777), 0);
	succeeds(unix_close(listen_at("s", &keep)));
	ck_assert_int_eq(seteuid(STRANGER), 0);
	cannot_listen("s", NULL, EADDRINUSE);
	ck_assert_int_eq(seteuid(0), 0);
	succeeds(unix_close(listen_at("s", NULL)));
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

START_TEST(mount_point_is_in_use)
{
	struct unix_options keep = { .flags = UNIX_KEEP };
	struct stat status;

	succeeds(unix_close(listen_at("s", &keep)));
	succeeds(unix_close(listen_at("t", &keep)));
	ck_assert_int_eq(mount("t", "s", NULL, MS_BIND, NULL), 0);
	cannot_listen("s", NULL, EADDRINUSE);
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_int_eq(umount2("s", MNT_DETACH), 0);
	ck_assert_int_eq(count_files("."), 2);
	succeeds(unix_close(listen_at("s", NULL)));
	succeeds(unix_close(listen_at("t", NULL)));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("path_attacks");
	TCase *denials = add_case(suite, "denials");
	TCase *races = add_case(suite, "races");
	TCase *attributes = add_case(suite, "attributes");
	TCase *proofs = add_case(suite, "proofs");

	require_root();
	require_fuse();
	tcase_add_loop_test(races,
	    directory_owner_cannot_exchange_the_file_that_is_changed, 0, 4);
	tcase_add_loop_test(races,
	    live_socket_of_another_program_is_not_removed, 0, 2);
	tcase_add_loop_test(attributes,
	    attribute_that_is_not_granted_is_ENOTSUP, 0, 12);
#ifdef SYS_newfstatat
	tcase_add_loop_test(denials,
	    listen_leaves_no_file_where_a_call_is_denied, 0, COUNT(denied));
#endif
	tcase_add_loop_test(denials, private_file_of_another_user_stays, 0, 2);
	tcase_add_test(denials, stale_file_in_a_sticky_directory_is_in_use);
	tcase_add_test(denials, mount_point_is_in_use);
	tcase_add_loop_test(proofs, refusal_of_another_file_is_no_proof, 0, 2);
	return run_suite(suite);
}
