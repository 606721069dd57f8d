/* SPDX-License-Identifier: BSD-2-Clause */
/* unixport listen: a server, for one client or for many. */
#include "command.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define CLIENTS	40		/* by default, as s6-ipcserver(1) has it */
#define BACKLOG	4096		/* at most; the system may lower it */

static struct unix_listener *waiting;

static void
interrupt(int number)
{
	if (number != SIGCHLD)
		unix_interrupt(waiting);
}

/* Report readiness meanwhile, for as long as the manager has no room for it. */
static void
wait_client(struct unix_listener *listener)
{
	struct pollfd client = { .fd = unix_listener_fileno(listener),
	    .events = POLLIN };

	begin_report(0);
	report_again();
	while (!is_reported() && unix_accept_ready(listener) == 0) {
		poll(&client, 1, REPORT_MS);
		report_again();
	}
}

/*
 * One client against the terminal.  Nobody else comes after him, and so the
 * socket file goes before the first byte.  A signal ends the wait for him in
 * peace; later it is the end, for then something would be lost.
 */
static int
serve_one(const char *address, struct unix_listener *listener)
{
	struct unix_ports client;
	int status = 0, copied, error = 0;

	waiting = listener;
	handle_signals(interrupt);
	release_signals();
	wait_client(listener);
	if (unix_accept(listener, &client) == -1)
		error = errno;
	hold_signals();
	handle_signals(SIG_DFL);
	if (unix_close(listener) == -1)
		status = explain(address, errno);
	release_signals();
	if (error != 0)
		return error == ECANCELED ? status : explain(address, error);
	copied = copy_both(address, &client, 0);
	return copied != 0 ? copied : status;
}

struct wishes {
	struct unix_options options;
	struct service service;
	int for_programs;	/* an option that goes with a command only */
	int for_files;		/* one that goes with a socket file only */
};

static int
read_count(int option, struct wishes *wishes)
{
	wishes->for_programs = option;
	if (parse_count(optarg, option == 'c' ? &wishes->service.clients :
	    &wishes->service.clients_per_user) == 0)
		return 0;
	return misused(&listen_command, "not a number of clients: %s", optarg);
}

static int
read_rights(int option, struct wishes *wishes)
{
	wishes->for_files = option;
	if (option == 'm')
		return parse_mode(optarg, &wishes->options.mode) == 0 ? 0 :
		    misused(&listen_command, "not a mode: %s", optarg);
	if (parse_group(optarg, &wishes->options.group) == -1)
		return misused(&listen_command, "no such group: %s", optarg);
	/* To the library 0 means that the group is left alone. */
	return wishes->options.group != 0 || getegid() == 0 ? 0 :
	    misused(&listen_command, "only group %s itself can give a socket "
	    "to it", optarg);
}

static int
read_option(int option, struct wishes *wishes)
{
	switch (option) {
	case '1':
		wishes->for_programs = option;
		wishes->service.newline = 1;
		return 0;
	case 'c':
	case 'C':
		return read_count(option, wishes);
	default:
		return read_rights(option, wishes);
	}
}

/* The options go with what is there; 0, or an exit status. */
static int
check(const struct wishes *wishes)
{
	const char *address = wishes->service.address;

	if (address == NULL)
		return misused(&listen_command, "the address is missing");
	if (wishes->for_programs != 0 && wishes->service.argv[0] == NULL)
		return misused(&listen_command, "-%c needs a command",
		    wishes->for_programs);
	if (wishes->for_files != 0 && (*address == '@' ||
	    strncmp(address, "unix:@", 6) == 0 ||
	    strncmp(address, "fd:", 3) == 0 ||
	    strncmp(address, "systemd:", 8) == 0))
		return misused(&listen_command, "-%c is for a path, not for %s",
		    wishes->for_files, address);
	return 0;
}

static int
run_listen(int argc, char *argv[])
{
	struct wishes wishes = { .service = { .clients = CLIENTS } };
	struct service *service = &wishes.service;
	int option, status;

	while ((option = next_option(&listen_command, argc, argv)) != -1)
		if ((status = read_option(option, &wishes)) != 0)
			return status;
	service->address = argv[optind];
	service->argv = argv + optind + (optind < argc);
	if ((status = check(&wishes)) != 0)
		return status;
	if (service->argv[0] != NULL)
		wishes.options.backlog = BACKLOG;
	hold_signals();
	service->listener = unix_listen(service->address, &wishes.options);
	if (service->listener == NULL)
		return explain(service->address, errno);
	return service->argv[0] != NULL ? serve_clients(service) :
	    serve_one(service->address, service->listener);
}

const struct command listen_command = {
	.name = "listen",
	.usage = "[-1] [-m MODE] [-g GROUP] [-c CLIENTS] [-C PER-USER] "
	"ADDRESS [COMMAND [ARG...]]",
	.help =
	"Without COMMAND, serves one client: standard input is sent to it, "
	"and what it\nsends goes to standard output.  With COMMAND, runs it "
	"for every client, with the\nconnection as its standard input and "
	"output, until SIGTERM or SIGINT.\n"
	"  -1           with COMMAND: print a newline when ready\n"
	"  -c CLIENTS   with COMMAND: serve that many at once (40)\n"
	"  -C PER-USER  with COMMAND: and that many of one user\n"
	"  -g GROUP     of the socket file\n"
	"  -m MODE      of the socket file, octal (0600)\n",
	.letters = "+:1hc:C:g:m:",
	.run = run_listen
};
