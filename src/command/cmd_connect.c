/* SPDX-License-Identifier: BSD-2-Clause */
/* unixport connect: copies to and from a server, or runs a command. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * With -w, unix_connect(3) retries after ENOENT and ECONNREFUSED, and in the
 * end fails with ETIMEDOUT.  One more attempt without -w fails with the cause,
 * which the message then states.
 */
static int
connect_or_explain(const char *address, struct unix_options *options,
    struct unix_ports *ports)
{
	if (unix_connect(address, options, ports) == 0)
		return 0;
	if (errno != ETIMEDOUT)
		return -1;
	options->flags = 0;
	options->connect_timeout = 1;
	return unix_connect(address, options, ports);
}

static int
exec_program(const char *path, char *argv[], const struct unix_ports *ports)
{
	/*
	 * The duplicate is 3 or above.  If the number were 0 or 1, dup2(2) to
	 * itself would keep close-on-exec, and execv(3) would close the
	 * connection.
	 */
	int fd = fcntl(unix_fileno(ports), F_DUPFD_CLOEXEC, 3);

	if (fd != -1 && dup2(fd, STDIN_FILENO) != -1 &&
	    dup2(fd, STDOUT_FILENO) != -1) {
		signal(SIGPIPE, SIG_DFL);
		execv(path, argv);
	}
	return complain(argv[0], errno);
}

/*
 * The program is searched for before the connection is made.  If the program is
 * missing, the server therefore does not accept a client that sends nothing.
 */
static int
connect_to(const char *address, char *argv[], struct unix_options *options,
    int verbose)
{
	struct unix_ports ports;
	char text[20], *path = NULL;
	const char *used = move_from_standard(address, text, sizeof(text));
	int status;

	/* The peer must not receive messages. */
	if (used == NULL || replace_standard(used, STDERR_FILENO) == -1)
		return complain(address, errno);
	if (argv[0] != NULL && (path = find_program(argv[0])) == NULL)
		return complain(argv[0], errno);
	if (connect_or_explain(used, options, &ports) == -1)
		status = explain(address, errno);
	else
		status = path == NULL ? copy_both(address, &ports, verbose) :
		    exec_program(path, argv, &ports);
	free(path);
	return status;
}

static int
run_connect(int argc, char *argv[])
{
	struct unix_options options = { 0 };
	int option, verbose = 0;

	while ((option = next_option(&connect_command, argc, argv)) != -1)
		switch (option) {
		case 'v':
			verbose = 1;
			break;
		default:
			if (parse_seconds(optarg, &options.connect_timeout)
			    == -1)
				return misused(&connect_command,
				    "invalid number of seconds: %s", optarg);
			/* A timeout of 0 would set no limit. */
			if (options.connect_timeout == 0)
				options.connect_timeout = 1;
			options.flags = UNIX_WAIT;
			break;
		}
	argv += optind;
	if (argv[0] == NULL)
		return misused(&connect_command, "the address is missing");
	if (verbose && argv[1] != NULL)
		return misused(&connect_command, "-v cannot be combined with a "
		    "command");
	if (argv[1] == NULL && (is_standard_stream(argv[0], STDIN_FILENO) ||
	    is_standard_stream(argv[0], STDOUT_FILENO)))
		return misused(&connect_command, "%s is standard input or "
		    "output and requires a command", argv[0]);
	return connect_to(argv[0], argv + 1, &options, verbose);
}

static const struct command_option connect_options[] = {
	{ 'v', "progress", NULL, "show bytes and rate if standard error is a "
	    "terminal" },
	{ 'w', "wait", "SECONDS", "wait up to SECONDS for the server to "
	    "listen" },
	{ 0, NULL, NULL, NULL }
};

const struct command connect_command = {
	.name = "connect",
	.usage = "[OPTION...] ADDRESS [COMMAND [ARG...]]",
	.help =
	"Copies standard input to the server at ADDRESS, and its output to "
	"standard\noutput.  At EOF of standard input the connection is "
	"half-closed, and output is\ncopied until EOF.  If COMMAND is "
	"specified, executes it with the connection as\nits standard input "
	"and output.\n",
	.options = connect_options,
	.run = run_connect
};
