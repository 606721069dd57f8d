/* SPDX-License-Identifier: BSD-2-Clause */
/* unixport connect: copies to and from a server, or runs a command. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct request {
	struct unix_options options;
	struct relay_options relay;
	int for_copying;	/* last option that excludes a command */
	int is_padded;
};

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
 * ADDRESS is as specified, and NAME with its padding.
 */
static int
connect_to(const char *address, const char *name, char *argv[],
    struct request *request)
{
	struct unix_ports ports;
	char text[20], *path = NULL;
	const char *used = move_from_standard(name, text, sizeof(text));
	int status;

	/* The peer must not receive messages. */
	if (used == NULL || replace_standard(used, STDERR_FILENO) == -1)
		return complain(address, errno);
	if (argv[0] != NULL && (path = find_program(argv[0])) == NULL)
		return complain(argv[0], errno);
	if (connect_or_explain(used, &request->options, &ports) == -1)
		status = explain(address, errno);
	else
		status = path == NULL ?
		    copy_both(address, &ports, &request->relay) :
		    exec_program(path, argv, &ports);
	free(path);
	return status;
}

static int
parse_time(int option, struct request *request)
{
	if (option == 'w') {
		request->options.flags = UNIX_WAIT;
		if (parse_wait(optarg, &request->options.connect_timeout) == 0)
			return 0;
	} else if (parse_seconds(optarg, &request->relay.idle_ms) == 0 &&
	    request->relay.idle_ms > 0)
		return 0;
	return misused(&connect_command, "invalid number of seconds: %s",
	    optarg);
}

static int
parse_option(int option, struct request *request)
{
	if (option == OPTION_ABSTRACT_PADDED) {
		request->is_padded = 1;
		return 0;
	}
	if (option != 'w')
		request->for_copying = option;
	switch (option) {
	case 'K':
		request->relay.keep_open = 1;
		return 0;
	case 'e':
		request->relay.silence = SILENCE_FAILS;
		return 0;
	case 'v':
		request->relay.progress = 1;
		return 0;
	default:
		return parse_time(option, request);
	}
}

static int
run_connect(int argc, char *argv[])
{
	struct request request = { .relay = { .silence = SILENCE_NOTED } };
	const char *address, *name;
	int option, status;

	while ((option = next_option(&connect_command, argc, argv)) != -1)
		if ((status = parse_option(option, &request)) != 0)
			return status;
	address = name = argv[optind];
	if (address == NULL)
		return misused(&connect_command, "the address is missing");
	argv += optind + 1;
	if (request.for_copying != 0 && argv[0] != NULL)
		return misused(&connect_command, "-%c cannot be combined with "
		    "a command", request.for_copying);
	if (request.is_padded &&
	    (name = pad_abstract(address, &request.options)) == NULL)
		return misused(&connect_command, "--abstract-padded requires "
		    "an abstract name, not %s", address);
	if (argv[0] == NULL && (is_standard_stream(address, STDIN_FILENO) ||
	    is_standard_stream(address, STDOUT_FILENO)))
		return misused(&connect_command, "%s is standard input or "
		    "output and requires a command", address);
	return connect_to(address, name, argv, &request);
}

static const struct command_option connect_options[] = {
	{ OPTION_ABSTRACT_PADDED, "abstract-padded", NULL, "pad an abstract "
	    "name with NULs" },
	{ 'K', "keep-open", NULL, "do not half-close the connection at EOF" },
	{ 'e', "expect-answer", NULL, "fail if the server sends no byte" },
	{ 'i', "idle", "SECONDS", "end after SECONDS without a byte in either\n"
	    "direction" },
	{ 'v', "progress", NULL, "show bytes and rate if standard error is a "
	    "terminal" },
	{ 'w', "wait", "SECONDS", "wait up to SECONDS for the server to "
	    "listen;\ninf: for ever" },
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
	"and output.  Only --abstract-padded and -w can be combined\nwith a "
	"COMMAND.\n",
	.options = connect_options,
	.run = run_connect
};
