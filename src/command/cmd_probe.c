/* SPDX-License-Identifier: BSD-2-Clause */
/* unixport probe: prints the state of an address and its server. */
#include "command.h"
#include "probe/probe.h"

#include <sys/socket.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_PAUSE_MS		1
#define LONGEST_PAUSE_MS	100

struct request {
	const char *address;
	int connect;
	int wait;
	int wait_ms;		/* 0: no limit */
};

static const char *
name_of_type(int type)
{
	return type == SOCK_STREAM ? "stream" :
	    type == SOCK_DGRAM ? "datagram" : "seqpacket";
}

static void
print_server(const struct sighting *sighting)
{
	if (sighting->error == ETIMEDOUT) {
		printf("no answer before the timeout; is the server busy?");
		return;
	}
	if (sighting->has_user)
		printf("user %lu, ", (unsigned long)sighting->user);
	else if (sighting->is_connected)
		printf("user unknown, ");
	if (sighting->is_connected && sighting->process > 0)
		printf("process %ld", (long)sighting->process);
	else if (sighting->is_connected)
		printf("process unknown");
	if (sighting->is_connected)
		printf(sighting->has_ended ? " (ended), " : ", ");
	printf("%s", name_of_type(sighting->type));
}

static void
print_problem(const struct sighting *sighting)
{
	const char *type = name_of_type(sighting->type);

	switch (sighting->state) {
	case NOT_LISTENING:
		printf("the %s socket is bound, and its server does not "
		    "listen; try again", type);
		break;
	case OTHER_TYPE:
		printf("the socket is of another type (%s); is the address "
		    "right?", type);
		break;
	case BOUND:
		printf("a process has the socket, and it is unknown if it "
		    "listens; use --connect");
		break;
	default:
		printf("the sockets of this system cannot be listed; use "
		    "--connect");
		break;
	}
}

/* Whether unix_explain() describes the state; it does not name every type. */
static int
is_explained(const struct sighting *sighting)
{
	switch (sighting->state) {
	case LIVE:
	case BOUND:
	case UNKNOWN:
		return 0;
	case NOT_LISTENING:
	case OTHER_TYPE:
		return sighting->type == 0;
	default:
		return 1;
	}
}

static void
print_state(const char *address, const struct sighting *sighting)
{
	static const char *const names[] = {
		[LIVE] = "live", [STALE] = "stale", [ABSENT] = "absent",
		[NOT_SOCKET] = "not a socket",
		[NOT_PERMITTED] = "not permitted",
		[NOT_LISTENING] = "not listening",
		[OTHER_TYPE] = "of another type", [BOUND] = "bound",
		[UNKNOWN] = "unknown"
	};
	char *text;

	printf("%s: ", names[sighting->state]);
	if (is_explained(sighting)) {
		text = explanation(address, sighting->error);
		printf("%s\n", text == NULL ? strerror(sighting->error) :
		    text);
		free(text);
		return;
	}
	print_visible(stdout, address);
	printf(": ");
	if (sighting->state == LIVE)
		print_server(sighting);
	else
		print_problem(sighting);
	printf("\n");
}

/*
 * A socket that is passed as fd:N has no address to look at.  unix_connect()
 * opens ports on it, and rejects systemd: as a usage error.
 */
static int
is_passed_socket(const char *address)
{
	return strncmp(address, "fd:", 3) == 0 ||
	    strncmp(address, "systemd:", 8) == 0;
}

/* Returns 0, or -1 if errno does not concern the state of the address. */
static int
examine(const struct request *request, struct sighting *sighting)
{
	if (is_passed_socket(request->address)) {
		*sighting = (struct sighting){ .state = UNKNOWN };
		return connect_and_look(request->address, sighting);
	}
	if (look(request->address, sighting) == -1)
		return -1;
	if (request->connect && (sighting->state == LIVE ||
	    sighting->state == BOUND || sighting->state == UNKNOWN))
		return connect_and_look(request->address, sighting);
	return 0;
}

/* Examines the address once, or until a server listens or the time is over. */
static int
examine_patiently(const struct request *request, struct sighting *sighting)
{
	const long long end = now_ms() + request->wait_ms;
	long long left = LONGEST_PAUSE_MS;
	int pause_ms = FIRST_PAUSE_MS;

	while (examine(request, sighting) == 0) {
		if (request->wait_ms != 0)
			left = end - now_ms();
		if (sighting->state == LIVE || !request->wait || left <= 0)
			return 0;
		poll(NULL, 0, left < pause_ms ? (int)left : pause_ms);
		pause_ms *= 2;
		if (pause_ms > LONGEST_PAUSE_MS)
			pause_ms = LONGEST_PAUSE_MS;
	}
	return -1;
}

static int
run_probe(int argc, char *argv[])
{
	struct request request = { 0 };
	struct sighting sighting;
	int option, status;

	while ((option = next_option(&probe_command, argc, argv)) != -1) {
		if (option == OPTION_CONNECT)
			request.connect = 1;
		else if (parse_wait(optarg, &request.wait_ms) == 0)
			request.wait = 1;
		else
			return misused(&probe_command,
			    "invalid number of seconds: %s", optarg);
	}
	if (argc - optind != 1)
		return misused(&probe_command, "exactly one address is "
		    "required");
	request.address = argv[optind];
	if (examine_patiently(&request, &sighting) == -1)
		return explain(request.address, errno);
	print_state(request.address, &sighting);
	status = close_output();
	return status == 0 && sighting.state != LIVE ? STATUS_ERROR : status;
}

static const struct command_option probe_options[] = {
	{ OPTION_CONNECT, "connect", NULL, "connect to the server, and report "
	    "its user and process" },
	{ 'w', "wait", "SECONDS", "wait up to SECONDS (or inf) for the server "
	    "to listen" },
	{ 0, NULL, NULL, NULL }
};

const struct command probe_command = {
	.name = "probe",
	.usage = "[OPTION...] ADDRESS",
	.help =
	"Prints the state of the socket at ADDRESS in one line, without a "
	"connection:\nlive, stale, absent, not a socket, not permitted, not "
	"listening, of another\ntype, or bound (it is unknown if the socket "
	"listens).  The exit status is 0\nonly for live: a stream socket "
	"listens.\n",
	.options = probe_options,
	.run = run_probe
};
