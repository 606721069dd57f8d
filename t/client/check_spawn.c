/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_spawn(): the child, and what it inherits. */
#include "child.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* This program, which is also the child. */
static char self[4096];

static pid_t
run(char *program, const char *act, const struct unix_options *options,
    struct unix_ports *ports)
{
	char argument[20];
	char *const argv[] = { program, argument, NULL };
	pid_t child;

	snprintf(argument, sizeof(argument), "%s", act);
	errno = EDOM;
	child = unix_spawn(argv, of_kind(options), ports);
	ck_assert_int_gt(child, 0);
	ck_assert_int_eq(errno, EDOM);
	return child;
}

static pid_t
start(const char *act, const struct unix_options *options,
    struct unix_ports *ports)
{
	return run(self, act, options, ports);
}

static void
expect_exit(pid_t child, int value)
{
	int status = child_status(child);

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), value);
}

START_TEST(child_reads_and_writes_the_ports)
{
	struct unix_ports ports;
	pid_t child = start("copy", NULL, &ports);

	expect_close_on_exec();
	say(ports.out, "one\n");
	expect(ports.in, "one\n");
	say(ports.out, "two\n");
	expect(ports.in, "two\n");
	succeeds(unix_close_output(&ports));
	expect_end(ports.in);
	succeeds(unix_close_ports(&ports));
	expect_exit(child, 7);
}
END_TEST

START_TEST(child_has_one_socket_as_its_input_and_output)
{
	struct unix_ports ports;
	pid_t child = start("socket", NULL, &ports);

	expect(ports.in, "yes\n");
	expect_end(ports.in);
	succeeds(unix_close_ports(&ports));
	expect_exit(child, 0);
}
END_TEST

START_TEST(program_is_found_through_path)
{
	char program[] = "program", directory[200], *old = strdup(getenv("PATH"));
	struct unix_ports ports;
	pid_t child;

	ck_assert_ptr_nonnull(getcwd(directory, sizeof(directory)));
	ck_assert_int_eq(symlink(self, "program"), 0);
	ck_assert_int_eq(mkdir("elsewhere", 0700), 0);
	ck_assert_int_eq(chdir("elsewhere"), 0);
	ck_assert_int_eq(setenv("PATH", directory, 1), 0);
	child = run(program, "copy", NULL, &ports);
	succeeds(unix_close_ports(&ports));
	expect_exit(child, 7);
	ck_assert_int_eq(setenv("PATH", old, 1), 0);
	free(old);
}
END_TEST

START_TEST(child_does_not_inherit_signal_settings)
{
	const struct unix_options ignore = { .sigpipe = UNIX_SIGPIPE_IGNORE };
	struct unix_ports ports;
	sigset_t all;
	pid_t child;

	if (_i == 1)
		signal(SIGPIPE, SIG_IGN);
	if (_i == 2)
		catch_signal(SIGPIPE, do_nothing);
	sigfillset(&all);
	if (_i == 3)
		sigprocmask(SIG_SETMASK, &all, NULL);
	child = start("signals", _i == 4 ? &ignore : NULL, &ports);
	expect(ports.in, "default, 0 blocked\n");
	succeeds(unix_close_ports(&ports));
	expect_exit(child, 0);
}
END_TEST

/* Inherited descriptors, those closed before, and the two of the library. */
static void
list_expected(char *text)
{
	int fd, flags;

	text += sprintf(text, "0 1 ");
	for (fd = 2; fd < DESCRIPTORS; fd++) {
		flags = fcntl(fd, F_GETFD);
		if (flags != -1 && (flags & FD_CLOEXEC) == 0)
			text += sprintf(text, "%d ", fd);
	}
	strcpy(text, "\n");
}

START_TEST(child_has_no_other_descriptor_of_the_library)
{
	struct connection c;
	struct unix_ports ports, other;
	char expected[5000];
	pid_t child, second;

	list_expected(expected);
	open_connection(&c, 0, NULL);
	second = start("copy", NULL, &other);
	child = start("descriptors", NULL, &ports);
	expect(ports.in, expected);
	succeeds(unix_close_ports(&ports));
	expect_exit(child, 0);
	/* EOF does not depend on the other child. */
	succeeds(unix_close_ports(&other));
	expect_exit(second, 7);
	close_connection(&c);
}
END_TEST

/* Each bit of _i closes one of the descriptors 0, 1 and 2. */
START_TEST(standard_descriptors_may_be_closed)
{
	struct unix_ports ports;
	char expected[5000];
	pid_t child;

	close_standard((unsigned)_i);
	list_expected(expected);
	child = start("descriptors", NULL, &ports);
	expect(ports.in, expected);
	expect_end(ports.in);
	succeeds(unix_close_ports(&ports));
	expect_exit(child, 0);
	restore_standard();
}
END_TEST

START_TEST(SIGPIPE_ends_a_child_whose_parent_closed)
{
	struct unix_ports ports;
	pid_t child;
	int status;

	signal(SIGPIPE, SIG_IGN);
	child = start("for_ever", NULL, &ports);
	expect(ports.in, "for ever\n");
	unix_abandon_ports(&ports);
	status = child_status(child);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGPIPE);
}
END_TEST

START_TEST(several_children_end_in_any_order)
{
	struct unix_ports ports[4];
	pid_t children[4];
	size_t i;

	for (i = 0; i < COUNT(ports); i++)
		children[i] = start("copy", NULL, &ports[i]);
	for (i = COUNT(ports); i-- > 0;) {
		succeeds(unix_close_ports(&ports[i]));
		expect_exit(children[i], 7);
	}
}
END_TEST

START_TEST(descriptors_are_passed_to_the_child)
{
	const struct unix_options options = { .flags = UNIX_FILES };
	struct unix_ports ports;
	char line[20] = "";
	int ends[2];
	pid_t child = start("file", &options, &ports);

	ck_assert_int_eq(pipe(ends), 0);
	succeeds(unix_add_files(&ports, &ends[1], 1));
	say(ports.out, "to the file\n");
	expect_exit(child, 0);
	ck_assert_int_eq(close(ends[1]), 0);
	ck_assert_int_eq(read(ends[0], line, sizeof(line)), 12);
	ck_assert_str_eq(line, "to the file\n");
	ck_assert_int_eq(close(ends[0]), 0);
	succeeds(unix_close_ports(&ports));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *child = add_case(suite, "child");

	tcase_add_test(core, child_reads_and_writes_the_ports);
	tcase_add_test(core, child_has_one_socket_as_its_input_and_output);
	tcase_add_test(core, program_is_found_through_path);
	tcase_add_test(core, several_children_end_in_any_order);
	tcase_add_test(core, SIGPIPE_ends_a_child_whose_parent_closed);
	if (guarded)
		tcase_add_test(core, descriptors_are_passed_to_the_child);
	tcase_add_loop_test(child, child_does_not_inherit_signal_settings, 0,
	    5);
	tcase_add_test(child, child_has_no_other_descriptor_of_the_library);
	tcase_add_loop_test(child, standard_descriptors_may_be_closed,
	    0, 8);
}

int
main(int argc, char *argv[])
{
	if (argc > 1)
		return be_child(argv[1]);
	if (realpath(argv[0], self) == NULL)
		return 1;
	return run_kinds("spawn", fill);
}
