/* SPDX-License-Identifier: BSD-2-Clause */
/* Namespaces in which an ID refers to another process or user. */
#include "support.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "privilege.h"

/* Returns the status of BODY in the first process of a namespace. */
static int
status_in_namespace(int flags, int (*body)(void))
{
	pid_t child;

	if (unshare(flags) == -1)
		return 100;
	child = fork();
	if (child == 0)
		_exit(body());
	return WEXITSTATUS(child_status(child));
}

static struct unix_listener *listener;

static int
close_in_child(void)
{
	int owns = unix_listener_owns_path(listener);

	return getpid() != 1 ? 10 : unix_close(listener) == -1 ? 11 :
	    access("s", F_OK) == -1 ? 12 : owns != 1 ? 13 : 0;
}

static int
listen_and_fork(void)
{
	int status;

	listener = unix_listen("s", NULL);
	if (getpid() != 1 || listener == NULL)
		return 20;
	status = status_in_namespace(CLONE_NEWPID, close_in_child);
	if (status != 0)
		return status;
	return unix_close(listener) == -1 ? 21 : access("s", F_OK) == 0 ? 22 :
	    0;
}

START_TEST(child_with_the_pid_of_its_parent_removes_no_file)
{
	pid_t child = fork();

	if (child == 0)
		_exit(status_in_namespace(CLONE_NEWPID, listen_and_fork));
	ck_assert_int_eq(child_status(child), 0);
}
END_TEST

/* In a namespace without a map, root and user 65534 have the same uid. */
static int
serve_without_map(void)
{
	struct unix_options same = { .flags = UNIX_SAME_USER,
	    .accept_timeout = -1 };
	struct unix_ports ports;

	if (geteuid() != 65534)
		return 30;
	listener = unix_listen("s", &same);
	if (listener == NULL)
		return 31;
	if (unix_connect("s", NULL, &ports) == -1)
		return 32;
	unix_abandon_ports(&ports);
	if (unix_accept(listener, &ports) == 0 || errno != ETIMEDOUT)
		return 33;
	if (unix_connect("roots", &same, &ports) == 0 || errno != EACCES)
		return 34;
	return unix_close(listener) == -1 ? 35 : access("s", F_OK) == 0 ? 36 :
	    0;
}

START_TEST(users_without_a_map_are_not_the_same)
{
	struct unix_options open_to_all = { .mode = 0666 };
	struct unix_listener *roots = listen_at("roots", &open_to_all);
	pid_t child;

	ck_assert_int_eq(chmod(".", 0777), 0);
	child = fork();
	if (child == 0) {
		if (setgid(65533) == -1 || setuid(65533) == -1)
			_exit(40);
		_exit(status_in_namespace(CLONE_NEWUSER, serve_without_map));
	}
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_close(roots));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("namespaces");
	TCase *tests = add_case(suite, "namespaces");

	require_root();
	require_namespaces(CLONE_NEWPID, "pid namespaces");
	require_namespaces(CLONE_NEWUSER, "user namespaces");
	tcase_add_test(tests,
	    child_with_the_pid_of_its_parent_removes_no_file);
	tcase_add_test(tests, users_without_a_map_are_not_the_same);
	return run_suite(suite);
}
