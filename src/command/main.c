/* SPDX-License-Identifier: BSD-2-Clause */
/* The main function: sets up descriptors and signals, and runs a subcommand. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const struct command *const commands[] = {
	&connect_command, &listen_command, &pair_command, &probe_command,
	&selftest_command
};

static const struct command all = {
	.name = "",
	.usage = "connect|listen|pair|probe|selftest ARGUMENT..."
};

/*
 * Opens /dev/null in place of a closed standard descriptor.  socket(2) returns
 * the lowest free number.  It could otherwise return 1 or 2, and the peer would
 * receive output or messages.  /dev/null for standard output is read-only, so
 * that a write fails instead of losing the bytes.
 */
static int
open_standard(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null",
		    fd == STDERR_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return -1;
	return 0;
}

/*
 * execve(2) preserves blocked and ignored signals, so both are reset.  If
 * SIGTERM were blocked, the signal would not end a wait.  If SIGCHLD were
 * ignored, waitpid(2) would not return the status of children.  SIGPIPE is
 * ignored, since it would end the command without a message.
 */
static void
reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
}

static int
print_help(void)
{
	size_t i;

	for (i = 0; i < COUNT(commands); i++)
		printf("%s unixport %s %s\n", i == 0 ? "usage:" : "      ",
		    commands[i]->name, commands[i]->usage);
	printf("\nunixport SUBCOMMAND --help describes a subcommand; see "
	    "unixport(1).\nADDRESS is a path, @name (abstract), unix:ADDRESS, "
	    "fd:N or, for listen,\nsystemd:[NAME].\n");
	return close_output();
}

static int
print_version(void)
{
	printf("unixport %s\n", PACKAGE_VERSION);
	return close_output();
}

/* In 1.0 "bench" was a subcommand. */
static int
reject_bench(void)
{
	report("bench", "is no longer a subcommand; run \"make bench\" in the "
	    "source tree");
	return STATUS_USAGE;
}

static int
is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

int
main(int argc, char *argv[])
{
	static char line[BUFSIZ];
	size_t i;

	/*
	 * Standard error is line-buffered.  stdio writes to an unbuffered
	 * stream in parts, between which other processes could write.
	 */
	setvbuf(stderr, line, _IOLBF, sizeof(line));
	if (open_standard() == -1)
		return complain("/dev/null", errno);
	reset_signals();
	if (argc < 2)
		return misused(&all, "a subcommand is missing");
	if (is_help(argv[1]))
		return print_help();
	if (strcmp(argv[1], "--version") == 0)
		return print_version();
	if (strcmp(argv[1], "bench") == 0)
		return reject_bench();
	for (i = 0; i < COUNT(commands); i++)
		if (strcmp(argv[1], commands[i]->name) == 0)
			return commands[i]->run(argc - 1, argv + 1);
	return misused(&all, "no such subcommand: %s", argv[1]);
}
