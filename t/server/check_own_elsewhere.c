/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A socket file and its owner in another root or pid namespace, in which a path
 * or a process ID has another meaning.
 */
#include "support.h"

#include <sys/stat.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "privilege.h"

static struct unix_listener *listener;

/* BODY in a child, whose root is DIRECTORY. */
static int
status_in_root(const char *directory, int (*body)(void))
{
	pid_t child = fork();

	if (child == 0)
		_exit(chroot(directory) == -1 || chdir("/") == -1 ? 99 :
		    body());
	return child_status(child);
}

static int
owns_in_another_root(void)
{
	return unix_listener_owns_path(listener) == 1 ? 0 : 1;
}

static int
owns_not_in_another_root(void)
{
	return unix_listener_owns_path(listener) == 0 ? 0 : 1;
}

static int
own_in_another_root(void)
{
	return unix_own(listener) == -1 ? 1 :
	    unix_close(listener) == -1 ? 2 : 0;
}

/* Absolute, relative, and below another directory. */
static const char *const paths[] = { NULL, "s", "d/s", "d/../s" };

static void
listen_at_path(int number)
{
	char path[PATH_MAX];

	ck_assert_int_eq(mkdir("root", 0755), 0);
	ck_assert_int_eq(mkdir("d", 0755), 0);
	if (paths[number] != NULL) {
		listener = listen_at(paths[number], NULL);
		return;
	}
	ck_assert_ptr_nonnull(getcwd(path, sizeof(path) - 2));
	strcat(path, "/s");
	listener = listen_at(path, NULL);
}

START_TEST(path_is_owned_after_chroot)
{
	listen_at_path(_i);
	ck_assert_int_eq(status_in_root("root", owns_in_another_root), 0);
	ck_assert_int_eq(status_in_root(".", owns_in_another_root), 0);
	answers(unix_listener_owns_path(listener), 1);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(removed_file_is_not_owned_after_chroot)
{
	listen_at_path(_i);
	ck_assert_int_eq(unlink(unix_listener_path(listener)), 0);
	ck_assert_int_eq(status_in_root("root", owns_not_in_another_root), 0);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(file_that_was_replaced_is_not_owned_after_chroot)
{
	struct unix_listener *next;

	listen_at_path(_i);
	ck_assert_int_eq(unlink(unix_listener_path(listener)), 0);
	next = listen_at(unix_listener_path(listener), NULL);
	ck_assert_int_eq(status_in_root("root", owns_not_in_another_root), 0);
	succeeds(unix_close(listener));
	succeeds(unix_close(next));
}
END_TEST

/* As for unix_close(), which removes the file in the renamed directory. */
START_TEST(path_in_a_renamed_directory_is_owned_after_chroot)
{
	ck_assert_int_eq(mkdir("root", 0755), 0);
	ck_assert_int_eq(mkdir("d", 0755), 0);
	listener = listen_at("d/s", NULL);
	ck_assert_int_eq(rename("d", "e"), 0);
	answers(unix_listener_owns_path(listener), 0);
	ck_assert_int_eq(status_in_root("root", owns_in_another_root), 0);
	succeeds(unix_close(listener));
	ck_assert_int_eq(access("e/s", F_OK), -1);
}
END_TEST

START_TEST(owner_removes_the_file_after_chroot)
{
	listen_at_path(_i);
	ck_assert_int_eq(status_in_root("root", own_in_another_root), 0);
	ck_assert_int_eq(access(unix_listener_path(listener), F_OK), -1);
	succeeds(unix_abandon(listener));
}
END_TEST

static int
listen_in_root(void)
{
	int owns;

	listener = unix_listen("/s", NULL);
	if (listener == NULL)
		return 1;
	owns = unix_listener_owns_path(listener);
	return owns != 1 ? 2 : rename("/s", "/t") == -1 ? 3 :
	    unix_listener_owns_path(listener) != 0 ? 4 :
	    rename("/t", "/s") == -1 ? 5 : unix_close(listener) == -1 ? 6 :
	    access("/s", F_OK) == 0 ? 7 : 0;
}

START_TEST(listener_of_a_changed_root_is_at_its_path)
{
	ck_assert_int_eq(mkdir("root", 0755), 0);
	ck_assert_int_eq(status_in_root("root", listen_in_root), 0);
}
END_TEST

/* chroot(2) to the same directory does not change the root. */
START_TEST(chroot_to_the_same_root_changes_nothing)
{
	ck_assert_int_eq(mkdir("d", 0755), 0);
	listener = listen_at("d/s", NULL);
	ck_assert_int_eq(status_in_root("/", owns_in_another_root), 0);
	ck_assert_int_eq(rename("d", "e"), 0);
	ck_assert_int_eq(status_in_root("/", owns_not_in_another_root), 0);
	succeeds(unix_close(listener));
}
END_TEST

static int
own_as_the_first_process(void)
{
	return getpid() != 1 ? 10 : unix_own(listener) == -1 ? 11 :
	    unix_close(listener) == -1 ? 12 : access("s", F_OK) == 0 ? 13 : 0;
}

static int
leave_as_the_first_process(void)
{
	return getpid() != 1 ? 20 : unix_close(listener) == -1 ? 21 :
	    access("s", F_OK) == -1 ? 22 : 0;
}

/* BODY in a child, which is the first process of a pid namespace. */
static int
status_of_first_process(int (*body)(void))
{
	pid_t child;

	if (unshare(CLONE_NEWPID) == -1)
		return 30;
	child = fork();
	if (child == 0)
		_exit(body());
	return child_status(child);
}

/* The owner is process 1, and its child is process 1 of another namespace. */
static int
own_and_fork(void)
{
	int status;

	if (getpid() != 1 || unix_own(listener) == -1)
		return 40;
	status = status_of_first_process(leave_as_the_first_process);
	return status != 0 ? status : own_as_the_first_process();
}

static int
own_in_first_process(void)
{
	return status_of_first_process(own_as_the_first_process);
}

static int
own_in_first_process_and_fork(void)
{
	return status_of_first_process(own_and_fork);
}

START_TEST(owner_in_a_new_pid_namespace_removes_the_file)
{
	static int (*const bodies[])(void) = {
		own_in_first_process, own_in_first_process_and_fork
	};
	pid_t child;

	listener = listen_at("s", NULL);
	child = fork();
	if (child == 0)
		_exit(bodies[_i]());
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_abandon(listener));
	ck_assert_int_eq(access("s", F_OK), -1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("own_elsewhere");
	TCase *roots = add_case(suite, "roots");
	TCase *processes = add_case(suite, "processes");
	const int n = COUNT(paths);

	require_root();
	require_namespaces(CLONE_NEWPID, "pid namespaces");
	tcase_add_loop_test(roots, path_is_owned_after_chroot, 0, n);
	tcase_add_loop_test(roots, removed_file_is_not_owned_after_chroot, 0,
	    n);
	tcase_add_loop_test(roots,
	    file_that_was_replaced_is_not_owned_after_chroot, 0, n);
	tcase_add_test(roots,
	    path_in_a_renamed_directory_is_owned_after_chroot);
	tcase_add_loop_test(roots, owner_removes_the_file_after_chroot, 0, n);
	tcase_add_test(roots, listener_of_a_changed_root_is_at_its_path);
	tcase_add_test(roots, chroot_to_the_same_root_changes_nothing);
	tcase_add_loop_test(processes,
	    owner_in_a_new_pid_namespace_removes_the_file, 0, 2);
	return run_suite(suite);
}
