/* SPDX-License-Identifier: BSD-2-Clause */
/* unixport listen: its options, and the listener. */
#include "command.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_CLIENTS	40	/* as for s6-ipcserver(1) */
#define BACKLOG		4096	/* Linux limits it to net.core.somaxconn */

/*
 * A descriptor of this process reserves a number that all programs can use for
 * their client: no descriptor of the server or of its caller has it.  If the
 * system has no such descriptors, the error is reported before the first
 * client.
 */
static int
reserve_pidfd(struct service *service)
{
	struct unix_ports ends[2];
	int error;

	if (unix_pair(NULL, ends) == -1)
		return complain("socket pair", errno);
	service->pidfd = unix_peer_process(&ends[0]);
	error = errno;
	unix_abandon_ports(&ends[0]);
	unix_abandon_ports(&ends[1]);
	if (service->pidfd != -1)
		return 0;
	return error != ENOTSUP ? complain("-p", error) :
	    report("-p", "the system has no descriptors of clients; "
	    "Linux 6.5 or later is required");
}

struct request {
	struct unix_options options;
	struct service service;
	int has_pidfd;
	int is_padded;
	int is_kept;		/* -k */
	int for_programs;	/* last option that requires a command */
	int for_files;		/* last option that requires a path */
	int for_sockets;	/* last option that requires a new socket */
};

static int
parse_number_of_clients(unsigned *number)
{
	return parse_count(optarg, number) == 0 ? 0 : misused(&listen_command,
	    "invalid number of clients: %s", optarg);
}

static int
parse_backlog(int *backlog)
{
	unsigned number;

	if (parse_count(optarg, &number) == -1)
		return misused(&listen_command, "invalid backlog: %s", optarg);
	*backlog = (int)number;
	return 0;
}

/* Group 0 in unix_options leaves the group of the file unchanged. */
static int
parse_file_group(gid_t *group)
{
	if (parse_group(optarg, group) == -1)
		return misused(&listen_command, "no such group: %s", optarg);
	return *group != 0 || getegid() == 0 ? 0 : misused(&listen_command,
	    "-g %s requires a process of that group", optarg);
}

/* User 0 in unix_options leaves the owner of the file unchanged. */
static int
parse_file_owner(uid_t *owner)
{
	if (parse_user(optarg, owner) == -1)
		return misused(&listen_command, "no such user: %s", optarg);
	return *owner != 0 || geteuid() == 0 ? 0 : misused(&listen_command,
	    "-o %s requires a process of that user", optarg);
}

static int
parse_file_mode(mode_t *mode)
{
	return parse_mode(optarg, mode) == 0 ? 0 :
	    misused(&listen_command, "invalid mode: %s", optarg);
}

/* A time of 0 would end the server before its first client. */
static int
parse_idle(int *ms)
{
	return parse_seconds(optarg, ms) == 0 && *ms > 0 ? 0 :
	    misused(&listen_command, "invalid number of seconds: %s", optarg);
}

/* Records the requirement of an option, which check_options() checks. */
static void
require(int option, struct request *request)
{
	/* strchr(3) would convert a larger number to a letter or to NUL. */
	if (option > UCHAR_MAX)
		return;
	if (strchr("1cCp", option) != NULL)
		request->for_programs = option;
	else if (strchr("gmo", option) != NULL)
		request->for_files = option;
	else if (option == 'b')
		request->for_sockets = option;
}

static int
parse_option(int option, struct request *request)
{
	require(option, request);
	switch (option) {
	case OPTION_ABSTRACT_PADDED:
		request->is_padded = 1;
		return 0;
	case '1':
		request->service.newline = 1;
		return 0;
	case 'b':
		return parse_backlog(&request->options.backlog);
	case 'c':
		return parse_number_of_clients(&request->service.clients);
	case 'C':
		return parse_number_of_clients(
		    &request->service.clients_per_user);
	case 'g':
		return parse_file_group(&request->options.group);
	case 'k':
		request->is_kept = 1;
		return 0;
	case 'm':
		return parse_file_mode(&request->options.mode);
	case 'o':
		return parse_file_owner(&request->options.owner);
	case 'v':
		request->service.verbose = 1;
		return 0;
	case 'x':
		return parse_idle(&request->service.exit_idle);
	default:
		request->has_pidfd = 1;
		return 0;
	}
}

static int
is_abstract(const char *address)
{
	return *address == '@' || strncmp(address, "unix:@", 6) == 0;
}

/* Whether the socket at ADDRESS exists already. */
static int
is_passed(const char *address)
{
	return strncmp(address, "fd:", 3) == 0 ||
	    strncmp(address, "systemd:", 8) == 0;
}

static int
check_options(const struct request *request)
{
	const char *address = request->service.address;

	if (address == NULL)
		return misused(&listen_command, "the address is missing");
	if (request->for_programs != 0 && request->service.argv[0] == NULL)
		return misused(&listen_command, "-%c requires a command",
		    request->for_programs);
	if (request->is_kept && request->service.argv[0] != NULL)
		return misused(&listen_command, "-k cannot be combined with a "
		    "command");
	if (request->for_files != 0 &&
	    (is_abstract(address) || is_passed(address)))
		return misused(&listen_command, "-%c requires a path, not %s",
		    request->for_files, address);
	if (request->for_sockets != 0 && is_passed(address))
		return misused(&listen_command, "-%c requires a path or a "
		    "name, not %s", request->for_sockets, address);
	if (request->service.argv[0] == NULL &&
	    (is_standard_stream(address, STDIN_FILENO) ||
	    is_standard_stream(address, STDOUT_FILENO)))
		return misused(&listen_command, "%s is standard input or "
		    "output and requires a command", address);
	if (request->service.newline &&
	    is_standard_stream(address, STDOUT_FILENO))
		return misused(&listen_command, "-1 cannot be combined with "
		    "%s, which is standard output", address);
	return 0;
}

/* Returns NULL after a message. */
static struct unix_listener *
open_listener(const char *address, const char *name,
    const struct unix_options *options)
{
	struct unix_listener *listener = NULL;
	char text[20];
	const char *used = move_from_standard(name, text, sizeof(text));
	int stream;

	if (used != NULL)
		listener = unix_listen(used, options);
	if (listener == NULL) {
		explain(address, errno);
		return NULL;
	}
	for (stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
		if (replace_standard(used, stream) == -1) {
			complain("/dev/null", errno);
			close_service(listener);
			return NULL;
		}
	return listener;
}

static int
run_listen(int argc, char *argv[])
{
	struct request request = { .service = {
	    .clients = DEFAULT_CLIENTS, .pidfd = -1, .exit_idle = -1 } };
	struct service *service = &request.service;
	const char *name;
	int option, is_server, status;

	while ((option = next_option(&listen_command, argc, argv)) != -1)
		if ((status = parse_option(option, &request)) != 0)
			return status;
	service->address = argv[optind];
	service->argv = argv + optind + (optind < argc);
	if ((status = check_options(&request)) != 0 ||
	    (request.has_pidfd && (status = reserve_pidfd(service)) != 0))
		return status;
	name = service->address;
	if (request.is_padded &&
	    (name = pad_abstract(name, &request.options)) == NULL)
		return misused(&listen_command, "--abstract-padded requires "
		    "an abstract name, not %s", service->address);
	is_server = service->argv[0] != NULL || request.is_kept;
	if (is_server && request.options.backlog == 0)
		request.options.backlog = BACKLOG;
	request.options.accept_timeout = -1;
	service->is_passed = is_passed(service->address);
	if (prepare_readiness(service->newline) == -1)
		return complain("/dev/null", errno);
	hold_signals();
	service->listener = open_listener(service->address, name,
	    &request.options);
	if (service->listener == NULL)
		return STATUS_ERROR;
	if (is_server || service->verbose)
		begin_log(service->address, service->verbose);
	if (service->argv[0] != NULL)
		return serve_clients(service);
	return request.is_kept ? serve_in_turn(service) : serve_one(service);
}

static const struct command_option listen_options[] = {
	{ OPTION_ABSTRACT_PADDED, "abstract-padded", NULL, "pad an abstract "
	    "name with NULs" },
	{ '1', "notify", NULL, "print a newline when clients can connect" },
	{ 'b', "backlog", "N", "limit the number of clients in the queue" },
	{ 'c', "clients", "N", "limit the number of concurrent clients "
	    "(default 40)" },
	{ 'C', "clients-per-user", "N", "limit the number of concurrent clients "
	    "of one user" },
	{ 'g', "group", "GROUP", "specify the group of the socket file" },
	{ 'k', "keep-listening", NULL, "without a COMMAND, accept one client "
	    "after\nthe other" },
	{ 'm', "mode", "MODE", "specify the mode of the socket file (default "
	    "0600)" },
	{ 'o', "owner", "USER", "specify the owner of the socket file" },
	{ 'p', "pidfd", NULL, "pass a descriptor of the client's process" },
	{ 'v', "verbose", NULL, "report each client on standard error" },
	{ 'x', "exit-idle", "SECONDS", "exit after SECONDS without a client" },
	{ 0, NULL, NULL, NULL }
};

const struct command listen_command = {
	.name = "listen",
	.usage = "[OPTION...] ADDRESS [COMMAND [ARG...]]",
	.help =
	"Accepts one client and copies standard input to it, and its output "
	"to standard\noutput.  If COMMAND is specified, executes it for every "
	"client, with the\nconnection as its standard input and output, until "
	"SIGTERM or SIGINT.  -1, -c,\n-C and -p require a COMMAND, and -k excludes "
	"one.\n",
	.options = listen_options,
	.run = run_listen
};
