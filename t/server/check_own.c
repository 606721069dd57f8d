/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_own(): a listener whose path another process takes over. */
#include "support.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

static struct unix_listener *listener;

static int
own_and_close(void)
{
	return unix_own(listener) == -1 ? 1 : !is_socket("s") ? 2 :
	    unix_close(listener) == -1 ? 3 : is_socket("s") ? 4 : 0;
}

static int
own_and_keep(void)
{
	return unix_own(listener) == -1 ? 1 :
	    unix_close(listener) == -1 ? 2 : is_socket("s") ? 0 : 3;
}

START_TEST(owner_removes_the_file_that_its_parent_has_made)
{
	listener = listen_at("s", NULL);
	expect_in_child(own_and_close);
	/* Of the parent nothing is left but to release it. */
	succeeds(unix_close(listener));
}
END_TEST

static int
await_and_own(int fd)
{
	char byte;

	return read(fd, &byte, 1) != 0 ? 10 : own_and_close();
}

START_TEST(former_owner_may_abandon_first)
{
	int pipe_ends[2];
	pid_t child;

	listener = listen_at("s", NULL);
	ck_assert_int_eq(pipe(pipe_ends), 0);
	child = fork();
	if (child == 0) {
		close(pipe_ends[1]);
		_exit(await_and_own(pipe_ends[0]));
	}
	succeeds(unix_abandon(listener));
	ck_assert(is_socket("s"));
	close(pipe_ends[1]);
	ck_assert_int_eq(child_status(child), 0);
	ck_assert(!is_socket("s"));
	close(pipe_ends[0]);
}
END_TEST

static int
own_and_exit(void)
{
	return unix_own(listener) == -1;
}

START_TEST(former_owner_may_abandon_last)
{
	listener = listen_at("s", NULL);
	expect_in_child(own_and_exit);
	succeeds(unix_abandon(listener));
	ck_assert_int_eq(unlink("s"), 0);
}
END_TEST

/* The grandchild owns the file after its parent, an owner, has ended. */
START_TEST(former_owner_may_exit_without_closing)
{
	int ends[2];
	char status = 99;
	pid_t child;

	listener = listen_at("s", NULL);
	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		pid_t former = getpid();

		if (unix_own(listener) == -1 || fork() != 0)
			_exit(0);
		while (getppid() == former)
			sched_yield();
		status = (char)own_and_close();
		_exit(write(ends[1], &status, 1) == 1 ? 0 : 1);
	}
	ck_assert_int_eq(child_status(child), 0);
	ck_assert_int_eq(read(ends[0], &status, 1), 1);
	ck_assert_int_eq(status, 0);
	close(ends[0]);
	close(ends[1]);
	succeeds(unix_abandon(listener));
}
END_TEST

START_TEST(own_succeeds_repeatedly)
{
	listener = listen_at("s", NULL);
	succeeds(unix_own(listener));
	succeeds(unix_own(listener));
	succeeds(unix_close(listener));
	ck_assert(!is_socket("s"));
}
END_TEST

static int
own_twice(void)
{
	return unix_own(listener) == -1 ? 5 : own_and_close();
}

START_TEST(child_may_own_repeatedly)
{
	listener = listen_at("s", NULL);
	expect_in_child(own_twice);
	succeeds(unix_abandon(listener));
}
END_TEST

/* Each generation is another process, and the count does not wrap to one. */
static int
own_in_each_generation(void)
{
	pid_t child;
	int i;

	for (i = 0; i < 50; i++) {
		if (unix_own(listener) == -1)
			return 30;
		child = fork();
		if (child != 0)
			return unix_abandon(listener) == -1 ? 31 :
			    child_status(child);
	}
	return unix_close(listener) == -1 ? 32 : !is_socket("s") ? 33 :
	    unlink("s") == -1 ? 34 : 0;
}

START_TEST(child_of_an_owner_is_no_owner)
{
	listener = listen_at("s", NULL);
	expect_in_child(own_in_each_generation);
	succeeds(unix_abandon(listener));
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

START_TEST(owner_removes_the_file_of_a_datagram_socket)
{
	const struct unix_options datagram = { .flags = UNIX_DATAGRAM };

	listener = listen_at("s", &datagram);
	expect_in_child(own_and_close);
	succeeds(unix_abandon(listener));
}
END_TEST

START_TEST(owner_with_UNIX_KEEP_leaves_the_file)
{
	const struct unix_options keep = { .flags = UNIX_KEEP };

	listener = listen_at("s", &keep);
	expect_in_child(own_and_keep);
	succeeds(unix_own(listener));
	succeeds(unix_close(listener));
	ck_assert_int_eq(unlink("s"), 0);
}
END_TEST

START_TEST(owner_accepts_clients)
{
	struct unix_ports client;
	char line[20];
	pid_t child;

	listener = listen_at("s", NULL);
	succeeds(unix_connect("s", NULL, &client));
	child = fork();
	if (child == 0) {
		struct unix_ports server;

		if (unix_own(listener) == -1 ||
		    unix_accept(listener, &server) == -1 ||
		    fputs("from the owner\n", server.out) == EOF ||
		    unix_close_ports(&server) == -1)
			_exit(40);
		_exit(own_and_close());
	}
	succeeds(unix_abandon(listener));
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), client.in));
	ck_assert_str_eq(line, "from the owner\n");
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_close_ports(&client));
}
END_TEST

START_TEST(own_of_NULL_is_EINVAL)
{
	fails(unix_own(NULL), EINVAL);
}
END_TEST

START_TEST(own_of_an_abstract_listener_is_EINVAL)
{
	char name[60];

	snprintf(name, sizeof(name), "@unixport.own.%ld", (long)getpid());
	listener = listen_at(name, NULL);
	fails(unix_own(listener), EINVAL);
	expect_reachable(listener, name);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(own_of_an_adopted_listener_is_EINVAL)
{
	char name[20];
	int fd = bind_socket(SOCK_STREAM);

	ck_assert_int_eq(listen(fd, 1), 0);
	snprintf(name, sizeof(name), "fd:%d", fd);
	listener = listen_at(name, NULL);
	fails(unix_own(listener), EINVAL);
	expect_reachable(listener, "s");
	succeeds(unix_close(listener));
	ck_assert(is_socket("s"));
	ck_assert_int_eq(unlink("s"), 0);
}
END_TEST

START_TEST(own_of_a_removed_file_is_ENOENT)
{
	listener = listen_at("s", NULL);
	ck_assert_int_eq(unlink("s"), 0);
	fails(unix_own(listener), ENOENT);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(own_of_a_replaced_file_is_ENOENT)
{
	struct unix_listener *next;

	listener = listen_at("s", NULL);
	ck_assert_int_eq(unlink("s"), 0);
	next = listen_at("s", NULL);
	fails(unix_own(listener), ENOENT);
	succeeds(unix_close(listener));
	expect_reachable(next, "s");
	succeeds(unix_close(next));
}
END_TEST

/* unix_close() would find the file through the descriptor. */
START_TEST(own_in_a_renamed_directory_is_ENOENT)
{
	ck_assert_int_eq(mkdir("d", 0700), 0);
	listener = listen_at("d/s", NULL);
	ck_assert_int_eq(rename("d", "e"), 0);
	fails(unix_own(listener), ENOENT);
	succeeds(unix_close(listener));
	ck_assert(!is_socket("e/s"));
}
END_TEST

static int
fail_to_own_and_close(void)
{
	if (rename("s", "t") == -1 || unix_own(listener) == 0 ||
	    errno != ENOENT || rename("t", "s") == -1)
		return 1;
	return unix_close(listener) == -1 ? 2 : is_socket("s") ? 0 : 3;
}

START_TEST(own_that_fails_changes_no_owner)
{
	listener = listen_at("s", NULL);
	expect_in_child(fail_to_own_and_close);
	ck_assert_int_eq(rename("s", "t"), 0);
	fails(unix_own(listener), ENOENT);
	ck_assert_int_eq(rename("t", "s"), 0);
	succeeds(unix_close(listener));
	ck_assert(!is_socket("s"));
}
END_TEST

START_TEST(own_reports_a_path_that_cannot_be_examined)
{
	ck_assert_int_eq(mkdir("d", 0755), 0);
	listener = listen_at("d/s", NULL);
	ck_assert_int_eq(chmod("d", 0), 0);
	become_user();
	fails(unix_own(listener), EACCES);
	become_self();
	ck_assert_int_eq(chmod("d", 0755), 0);
	succeeds(unix_close(listener));
	ck_assert(!is_socket("d/s"));
}
END_TEST

/* Without the handlers of pthread_atfork(3), if this libc has _Fork(3). */
static pid_t
fork_without_handlers(void)
{
	pid_t (*fork_alone)(void);
	void *symbol = dlsym(RTLD_DEFAULT, "_Fork");

	if (symbol == NULL)
		return fork();
	memcpy(&fork_alone, &symbol, sizeof(fork_alone));
	return fork_alone();
}

START_TEST(child_without_handlers_of_fork_is_another_process)
{
	pid_t child;

	listener = listen_at("s", NULL);
	child = fork_without_handlers();
	if (child == 0)
		_exit(unix_close(listener) == 0 && is_socket("s") ? 0 : 1);
	ck_assert_int_eq(child_status(child), 0);
	child = fork_without_handlers();
	if (child == 0)
		_exit(own_and_close());
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_abandon(listener));
}
END_TEST

/* Its memory is its parent's, except in emulators. */
START_TEST(child_of_vfork_leaves_the_file_to_its_parent)
{
	pid_t child;

	listener = listen_at("s", NULL);
	child = vfork();
	if (child == 0)
		_exit(unix_own(listener) == -1);
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_close(listener));
	ck_assert(!is_socket("s"));
}
END_TEST

static void
add_own(Suite *suite)
{
	TCase *tests = add_case(suite, "own");

	tcase_add_test(tests, owner_removes_the_file_that_its_parent_has_made);
	tcase_add_test(tests, former_owner_may_abandon_first);
	tcase_add_test(tests, former_owner_may_abandon_last);
	tcase_add_test(tests, former_owner_may_exit_without_closing);
	tcase_add_test(tests, own_succeeds_repeatedly);
	tcase_add_test(tests, child_may_own_repeatedly);
	tcase_add_test(tests, child_of_an_owner_is_no_owner);
	tcase_add_test(tests, owner_removes_the_file_of_a_datagram_socket);
	tcase_add_test(tests, owner_with_UNIX_KEEP_leaves_the_file);
	tcase_add_test(tests, owner_accepts_clients);
	tcase_add_test(tests,
	    child_without_handlers_of_fork_is_another_process);
	tcase_add_test(tests, child_of_vfork_leaves_the_file_to_its_parent);
}

static void
add_errors(Suite *suite)
{
	TCase *tests = add_case(suite, "errors");

	tcase_add_test(tests, own_of_NULL_is_EINVAL);
	tcase_add_test(tests, own_of_an_abstract_listener_is_EINVAL);
	tcase_add_test(tests, own_of_an_adopted_listener_is_EINVAL);
	tcase_add_test(tests, own_of_a_removed_file_is_ENOENT);
	tcase_add_test(tests, own_of_a_replaced_file_is_ENOENT);
	tcase_add_test(tests, own_in_a_renamed_directory_is_ENOENT);
	tcase_add_test(tests, own_that_fails_changes_no_owner);
	tcase_add_test(tests, own_reports_a_path_that_cannot_be_examined);
}

int
main(void)
{
	Suite *suite = suite_create("own");

	add_own(suite);
	add_errors(suite);
	return run_suite(suite);
}
