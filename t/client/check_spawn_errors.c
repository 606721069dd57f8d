/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_spawn() that fails leaves neither a child nor a descriptor. */
#include "support.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char name[] = "cat";
static char *const copier[] = { name, NULL };

/* No child and no streams; the fixture counts descriptors and files. */
static void
cannot_spawn(char *const argv[], const struct unix_options *options,
    int error)
{
	struct unix_ports ports = { .descriptor = { -7, -7 } };

	fails(unix_spawn(argv, of_kind(options), &ports), error);
	ck_assert_int_eq(ports.descriptor[0], -7);
	ck_assert_ptr_null(ports.in);
	fails(waitpid(-1, NULL, WNOHANG), ECHILD);
}

static void
cannot_run(const char *program, int error)
{
	char path[100];
	char *argv[] = { path, NULL };

	snprintf(path, sizeof(path), "%s", program);
	cannot_spawn(argv, NULL, error);
}

START_TEST(missing_arguments_are_EINVAL)
{
	char *none[] = { NULL };
	struct unix_ports ports;

	cannot_spawn(NULL, NULL, EINVAL);
	cannot_spawn(none, NULL, EINVAL);
	fails(unix_spawn(copier, of_kind(NULL), NULL), EINVAL);
	fails(unix_spawn(NULL, of_kind(NULL), &ports), EINVAL);
}
END_TEST

START_TEST(unsupported_options_are_EINVAL)
{
	static int used;
	const struct unix_options bad[] = {
		{ .flags = 0x80000000u },
		{ .reserved = { NULL, &used } },
		{ .sigpipe = (enum unix_sigpipe)9 },
		{ .read_timeout = -2 },
		{ .write_timeout = -2 },
	};
	size_t i;

	for (i = 0; i < COUNT(bad); i++)
		cannot_spawn(copier, &bad[i], EINVAL);
}
END_TEST

START_TEST(plain_ports_have_no_options_of_guarded_ones)
{
	const struct unix_options bad[] = {
		{ .flags = UNIX_FILES },
		{ .flags = UNIX_UNTIED },
		{ .flags = UNIX_UNLOCKED },
		{ .read_timeout = 1 },
		{ .write_timeout = 1 },
		{ .buffer_size = 1 },
	};
	size_t i;

	for (i = 0; i < COUNT(bad); i++)
		cannot_spawn(copier, &bad[i], EINVAL);
}
END_TEST

static void
make_program(const char *text, mode_t mode)
{
	int fd = open("program", O_CREAT | O_WRONLY, mode);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
	ck_assert_int_eq(close(fd), 0);
}

START_TEST(program_that_does_not_exist_is_enoent)
{
	const char *const names[] = { "no-such-program", "./no-such-program",
	    "/no/such/program", "" };

	cannot_run(names[_i], ENOENT);
}
END_TEST

START_TEST(interpreter_that_does_not_exist_is_enoent)
{
	make_program("#!/no/such/interpreter\n", 0700);
	cannot_run("./program", ENOENT);
}
END_TEST

START_TEST(program_that_may_not_be_executed_is_eacces)
{
	make_program("#!/bin/sh\n", 0600);
	cannot_run("./program", EACCES);
}
END_TEST

START_TEST(directory_is_eacces)
{
	cannot_run("./", EACCES);
}
END_TEST

START_TEST(file_that_is_not_a_program_is_ENOEXEC)
{
	make_program("neither a program nor a script\n", 0700);
	cannot_run("./program", ENOEXEC);
}
END_TEST

START_TEST(component_that_is_not_a_directory_is_ENOTDIR)
{
	make_program("", 0700);
	cannot_run("./program/program", ENOTDIR);
}
END_TEST

START_TEST(arguments_that_are_too_long_are_e2big)
{
	const size_t size = 16 << 20;
	char *argv[] = { name, malloc(size), NULL };

	ck_assert_ptr_nonnull(argv[1]);
	memset(argv[1], 'x', size - 1);
	argv[1][size - 1] = '\0';
	cannot_spawn(argv, NULL, E2BIG);
	free(argv[1]);
}
END_TEST

START_TEST(shortage_of_descriptors_is_emfile)
{
	struct unix_ports ports;
	pid_t child;
	int spare;

	for (spare = 0;; spare++) {
		begin_shortage(spare);
		errno = 0;
		child = unix_spawn(copier, of_kind(NULL), &ports);
		if (child != -1)
			break;
		ck_assert_int_eq(errno, EMFILE);
		fails(waitpid(-1, NULL, WNOHANG), ECHILD);
		end_shortage();
	}
	end_shortage();
	ck_assert_int_ge(spare, 2);
	ck_assert_int_le(spare, 6);
	succeeds(unix_close_ports(&ports));
	ck_assert_int_eq(child_status(child), 0);
}
END_TEST

/* The limit allows 0, 1 and 2 only, and two of them are free. */
START_TEST(limit_that_leaves_no_other_number_is_emfile)
{
	int saved[2] = { dup(0), dup(1) };
	struct rlimit usual, three;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
	three = usual;
	three.rlim_cur = 3;
	close(0);
	close(1);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &three), 0);
	cannot_spawn(copier, NULL, EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
	ck_assert_int_eq(dup2(saved[0], 0), 0);
	ck_assert_int_eq(dup2(saved[1], 1), 1);
	close(saved[0]);
	close(saved[1]);
}
END_TEST

START_TEST(failure_leaves_SIGPIPE_unchanged)
{
	const struct unix_options ignore = { .sigpipe = UNIX_SIGPIPE_IGNORE };
	static char missing[] = "no-such-program";
	char *const argv[] = { missing, NULL };
	struct sigaction now;

	catch_signal(SIGPIPE, SIG_DFL);
	cannot_spawn(argv, &ignore, ENOENT);
	ck_assert_int_eq(sigaction(SIGPIPE, NULL, &now), 0);
	ck_assert(now.sa_handler == SIG_DFL);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *errors = add_case(suite, "errors");
	TCase *exec = add_case(suite, "exec");
	TCase *shortage = add_case(suite, "shortage");

	tcase_add_test(errors, missing_arguments_are_EINVAL);
	tcase_add_test(errors, unsupported_options_are_EINVAL);
	if (!guarded)
		tcase_add_test(errors,
		    plain_ports_have_no_options_of_guarded_ones);
	/*
	 * Under valgrind, posix_spawn(3) does not report a failure of
	 * execve(2).
	 */
	tcase_add_test(exec, failure_leaves_SIGPIPE_unchanged);
	tcase_add_loop_test(exec, program_that_does_not_exist_is_enoent, 0, 4);
	tcase_add_test(exec, interpreter_that_does_not_exist_is_enoent);
	tcase_add_test(exec, program_that_may_not_be_executed_is_eacces);
	tcase_add_test(exec, directory_is_eacces);
	tcase_add_test(exec, file_that_is_not_a_program_is_ENOEXEC);
	tcase_add_test(exec, component_that_is_not_a_directory_is_ENOTDIR);
	tcase_add_test(exec, arguments_that_are_too_long_are_e2big);
	tcase_add_test(shortage, shortage_of_descriptors_is_emfile);
	tcase_add_test(shortage, limit_that_leaves_no_other_number_is_emfile);
}

int
main(void)
{
	/* A directory of PATH without search permission would cause EACCES. */
	setenv("PATH", "/usr/bin:/bin", 1);
	return run_kinds("spawn_errors", fill);
}
