/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reclaiming a path if calls fail, and if another process acts at the same
 * moment, by interposed calls.  A file that is not proved stale must stay.
 */
#include "support.h"

#include <sys/socket.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif
#include <unistd.h>

#include "interpose.h"

static struct unix_listener *listener;
static struct stat left, found;

static void
leave_stale(const char *path)
{
	struct unix_options keep = { .flags = UNIX_KEEP };

	succeeds(unix_close(listen_at(path, &keep)));
	ck_assert_int_eq(lstat(path, &left), 0);
}

/* unix_listen() fails with ERROR, and the stale file is unchanged. */
static void
refuses(int error)
{
	ck_assert_ptr_null(unix_listen("s", NULL));
	ck_assert_int_eq(errno, error);
	ck_assert(!is_pending());
	ck_assert_int_eq(lstat("s", &found), 0);
	ck_assert_uint_eq(found.st_ino, left.st_ino);
}

static void
reclaims(void)
{
	listener = listen_at("s", NULL);
	ck_assert(!is_pending());
	expect_reachable(listener, "s");
	succeeds(unix_close(listener));
	ck_assert_int_eq(count_files("."), 0);
}

/* Without any of these calls the file is not proved stale, or not removed. */
static const struct {
	const char *name;
	int number;
	int error;
	int reported;
} needed[] = {
	{ "socket", 2, EMFILE, EMFILE },
	{ "socket", 2, EACCES, EADDRINUSE },
	{ "socket", 3, ENFILE, ENFILE },
	{ "connect", 1, EACCES, EADDRINUSE },
	{ "connect", 3, ETIMEDOUT, EADDRINUSE },
	{ "connect", 3, EPERM, EADDRINUSE },
	{ "flock", 1, ENOLCK, EADDRINUSE },
	{ "openat", 2, EACCES, EADDRINUSE },
	{ "openat", 2, EMFILE, EMFILE },
	{ "openat", 3, EACCES, EADDRINUSE },	/* the directory */
	{ "openat", 3, EMFILE, EMFILE },
	{ "openat", 4, ENFILE, ENFILE },
	{ "bind", 2, EIO, EADDRINUSE },
	{ "fstatat", 2, EIO, EADDRINUSE },
	{ "fstatat", 3, EPERM, EADDRINUSE },
	{ "fstatat", 4, EACCES, EADDRINUSE },
	{ "fstatat", 5, EINVAL, EADDRINUSE },
	{ "fstatat", 5, ENOMEM, ENOMEM },
#ifdef __linux__
	{ "fstatfs", 1, EIO, EADDRINUSE },
	{ "renameat2", 1, EACCES, EADDRINUSE },
	{ "renameat2", 1, EBUSY, EADDRINUSE },	/* a mount point */
	{ "renameat2", 1, ENOSPC, EADDRINUSE },
#endif
	{ "unlinkat", 1, EACCES, EADDRINUSE },
	{ "unlinkat", 1, EBUSY, EADDRINUSE },
	{ "unlinkat", 1, EPERM, EADDRINUSE },
};

START_TEST(stale_socket_stays_without_a_call_that_reclaim_requires)
{
	leave_stale("s");
	fail_next(needed[_i].name, needed[_i].number, needed[_i].error);
	refuses(needed[_i].reported);
	ck_assert_int_eq(count_files("."), 1);
	reclaims();
}
END_TEST

/* A reclaim requires one descriptor more than the listener. */
START_TEST(shortage_of_descriptors_is_EMFILE_and_nothing_is_removed)
{
	int spare;

	leave_stale("s");
	for (spare = 0;; spare++) {
		begin_shortage(spare);
		listener = unix_listen("s", NULL);
		end_shortage();
		if (listener != NULL)
			break;
		ck_assert_int_eq(errno, EMFILE);
		ck_assert_int_eq(lstat("s", &found), 0);
		ck_assert_uint_eq(found.st_ino, left.st_ino);
		ck_assert_int_eq(count_files("."), 1);
	}
	ck_assert_int_eq(spare, 8);
	expect_reachable(listener, "s");
	succeeds(unix_close(listener));
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

/* Without a reclaim, a file that was not identified would stay. */
START_TEST(shortage_leaves_no_file_without_reclaim)
{
	struct unix_options options = { .flags = UNIX_NO_RECLAIM };
	int spare;

	ck_assert_int_eq(chmod(".", 0777), 0);
	become_user();
	for (spare = 0;; spare++) {
		begin_shortage(spare);
		listener = unix_listen("s", &options);
		end_shortage();
		if (listener != NULL)
			break;
		ck_assert_int_eq(errno, EMFILE);
		ck_assert_int_eq(count_files("."), 0);
	}
	printf("# descriptors of unix_listen: %d\n", spare);
	fflush(stdout);
	succeeds(unix_close(listener));
	become_self();
}
END_TEST

START_TEST(calls_that_signals_interrupt_are_repeated)
{
	const char *const names[] = { "flock", "connect",
#ifdef __linux__
	    "fstatfs",
#endif
	};
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		leave_stale("s");
		fail_next(names[i], 1, EINTR);
		reclaims();
	}
}
END_TEST

#ifdef __linux__
static long file_system;

static void
change_type(void *answer)
{
	((struct statfs *)answer)->f_type = file_system;
}

/*
 * NFS, CIFS (a negative number where a long is short), SMB2, 9P, FUSE, Ceph,
 * AFS, Lustre, OCFS2, VirtualBox, GFS2, GPFS, BeeGFS, Coda, OrangeFS, PanFS,
 * ACFS, vmhgfs, Parallels, and one that no list has.
 */
static const unsigned long not_local[] = { 0x6969, 0xff534d42, 0xfe534d42,
	0x01021997, 0x65735546, 0x00c36400, 0x5346414f, 0x0bd00bd0,
	0x7461636f, 0x786f4256, 0x01161970, 0x47504653, 0x19830326,
	0x73757245, 0x20030528, 0xaad7aaea, 0x61636673, 0xbacbacbc,
	0x7c7c6673, 0x12345678 };

START_TEST(stale_socket_on_a_file_system_that_is_not_local_stays)
{
	leave_stale("s");
	file_system = (long)not_local[_i];
	after_next("fstatfs", change_type);
	refuses(EADDRINUSE);
	reclaims();
}
END_TEST

/* ext4, XFS, btrfs (negative where a long is short), tmpfs, overlayfs. */
static const unsigned long local[] = { 0xef53, 0x58465342, 0x9123683e,
	0x01021994, 0x794c7630 };

START_TEST(stale_socket_on_a_local_file_system_is_reclaimed)
{
	leave_stale("s");
	file_system = (long)local[_i];
	after_next("fstatfs", change_type);
	reclaims();
}
END_TEST
#endif

START_TEST(error_of_the_bind_after_the_removal_is_reported)
{
	const int errors[] = { ENOSPC, EDQUOT, EROFS, ENOMEM, EADDRINUSE };

	leave_stale("s");
	fail_next("bind", 3, errors[_i]);
	ck_assert_ptr_null(unix_listen("s", NULL));
	ck_assert_int_eq(errno, errors[_i]);
	ck_assert(!is_pending());
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

/* Another process removes the file between two calls. */

static void
remove_it(void)
{
	ck_assert_int_eq(unlink("s"), 0);
}

static void
remove_before_bind(void)
{
	before_next("bind", remove_it);
}

static void
remove_before_probe(void)
{
	before_next("connect", remove_it);
}

static void
remove_before_second_probe(void)
{
	before_next("bind", remove_before_probe);
}

START_TEST(path_that_becomes_free_meanwhile_is_claimed)
{
	void (*const actions[])(void) = { remove_it, remove_it,
	    remove_before_bind, remove_before_second_probe };
	const char *const names[] = { "openat", "flock", "flock", "flock" };

	leave_stale("s");
	before_next(names[_i], actions[_i]);
	reclaims();
}
END_TEST

/* Another process puts its own stale file there, or begins to listen. */

static void
put_another(void)
{
	ck_assert_int_eq(rename("t", "s"), 0);
}

static void
put_before_connect(void)
{
	before_next("connect", put_another);
}

static void
put_before_bind(void)
{
	before_next("bind", put_another);
}

START_TEST(other_stale_socket_is_not_the_proved_one)
{
	leave_stale("s");
	leave_stale("t");
	before_next("flock", put_before_bind);
	refuses(EADDRINUSE);
	reclaims();
}
END_TEST

#ifdef HAVE_STRUCT_STAT_ST_CTIM
/*
 * Inode numbers are reused immediately: only the time of the last change
 * differs.
 */
static void
change_it(void)
{
	do {
		ck_assert_int_eq(chmod("s", 0640), 0);
		ck_assert_int_eq(lstat("s", &found), 0);
	} while (found.st_ctim.tv_sec == left.st_ctim.tv_sec &&
	    found.st_ctim.tv_nsec == left.st_ctim.tv_nsec);
}

static void
change_before_bind(void)
{
	before_next("bind", change_it);
}

START_TEST(socket_that_has_changed_is_not_the_proved_one)
{
	leave_stale("s");
	before_next("flock", change_before_bind);
	refuses(EADDRINUSE);
	reclaims();
}
END_TEST
#endif

/* Another thread may call fork(2) at any time. */

static int stay[2];
static pid_t child;

static void
leave_child(void)
{
	char byte;

	child = fork();
	if (child == 0) {
		close(stay[1]);
		_exit(read(stay[0], &byte, 1) == 0 ? 0 : 1);
	}
}

START_TEST(child_that_is_forked_meanwhile_holds_no_lock)
{
	ck_assert_int_eq(pipe(stay), 0);
	leave_stale("s");
	before_next("unlinkat", leave_child);
	listener = listen_at("s", NULL);
	ck_assert(!is_pending());
	succeeds(unix_close(listener));
	leave_stale("s");
	reclaims();
	close(stay[0]);
	close(stay[1]);
	ck_assert_int_eq(child_status(child), 0);
}
END_TEST

START_TEST(server_that_takes_the_path_meanwhile_keeps_it)
{
	void (*const actions[])(void) = { put_another, put_before_connect,
	    put_before_bind };
	struct unix_listener *other;

	leave_stale("s");
	other = listen_at("t", NULL);
	ck_assert_int_eq(lstat("t", &left), 0);
	before_next("flock", actions[_i]);
	refuses(EADDRINUSE);
	expect_reachable(other, "s");
	ck_assert_int_eq(unlink("s"), 0);
	succeeds(unix_close(other));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("reclaim_calls");
	TCase *calls = add_case(suite, "calls");

	tcase_add_loop_test(calls,
	    stale_socket_stays_without_a_call_that_reclaim_requires, 0,
	    COUNT(needed));
	tcase_add_test(add_case(suite, "shortage"),
	    shortage_of_descriptors_is_EMFILE_and_nothing_is_removed);
	tcase_add_test(add_case(suite, "shortage without reclaim"),
	    shortage_leaves_no_file_without_reclaim);
	tcase_add_test(calls, calls_that_signals_interrupt_are_repeated);
#ifdef __linux__
	tcase_add_loop_test(calls,
	    stale_socket_on_a_file_system_that_is_not_local_stays, 0,
	    COUNT(not_local));
	tcase_add_loop_test(calls,
	    stale_socket_on_a_local_file_system_is_reclaimed, 0, COUNT(local));
#endif
	tcase_add_loop_test(calls,
	    error_of_the_bind_after_the_removal_is_reported, 0, 5);
	tcase_add_loop_test(calls, path_that_becomes_free_meanwhile_is_claimed,
	    0, 4);
	tcase_add_test(calls, other_stale_socket_is_not_the_proved_one);
#ifdef HAVE_STRUCT_STAT_ST_CTIM
	tcase_add_test(calls, socket_that_has_changed_is_not_the_proved_one);
#endif
	tcase_add_test(add_case(suite, "exits"),
	    child_that_is_forked_meanwhile_holds_no_lock);
	tcase_add_loop_test(calls,
	    server_that_takes_the_path_meanwhile_keeps_it, 0, 3);
	return run_suite(suite);
}
