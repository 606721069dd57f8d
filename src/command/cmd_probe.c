/* SPDX-License-Identifier: BSD-2-Clause */
/* unixport probe: prints the state of an address and its server. */
#include "command.h"

#include <sys/stat.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS	1000	/* if the backlog is full */

/* Returns NULL if ADDRESS has no file. */
static const char *
path_of(const char *address)
{
	if (strncmp(address, "unix:", 5) == 0)
		address += 5;
	else if (strncmp(address, "fd:", 3) == 0)
		return NULL;
	return *address == '@' ? NULL : address;
}

/*
 * connect(2) fails with ECONNREFUSED in three cases: the file is not a socket,
 * the socket is stale, or a server is between bind(2) and listen(2).  A
 * datagram distinguishes the last two: to a starting server, it fails with
 * EPROTOTYPE.
 */
static const char *
kind_of_refusal(const char *address)
{
	const char *path = path_of(address);
	struct stat file;

	if (path == NULL)
		return "absent";
	if (stat(path, &file) == 0 && !S_ISSOCK(file.st_mode))
		return "not a socket";
	return unix_send(address, "", 0) == -1 && errno == EPROTOTYPE ?
	    "not listening" : "stale";
}

/* Returns NULL if ERROR does not concern the address. */
static const char *
state_of(const char *address, int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return "absent";
	case ECONNREFUSED:
		return kind_of_refusal(address);
	case EACCES:
	case EPERM:
		return "not permitted";
	case ENOTSOCK:
		return "not a socket";	/* the BSDs */
	case EPROTOTYPE:
		return "of another type";
	default:
		return NULL;
	}
}

static void
print_live(const char *address)
{
	printf("live: ");
	print_visible(stdout, address);
	printf(":");
}

/* connect(2) waits only if the backlog of a live server is full. */
static int
report_busy(const char *address)
{
	print_live(address);
	printf(" no answer before the timeout; is the server busy?\n");
	return close_output();
}

static int
report_live(const char *address, struct unix_ports *ports)
{
	struct unix_peer peer;
	int known = unix_peer(ports, &peer) == 0;

	unix_close_ports(ports);
	print_live(address);
	if (!known)
		printf(" user unknown");
	else
		printf(" user %lu", (unsigned long)peer.uid);
	if (known && peer.pid > 0)
		printf(", process %ld", (long)peer.pid);
	else
		printf(", process unknown");
	printf("\n");
	return close_output();
}

static int
report_state(const char *address, int error)
{
	const char *state = state_of(address, error);
	char *text;

	if (error == ETIMEDOUT)
		return report_busy(address);
	if (state == NULL)
		return explain(address, error);
	text = explanation(address, error);
	printf("%s: %s\n", state, text == NULL ? strerror(error) : text);
	free(text);
	close_output();
	return STATUS_ERROR;
}

static int
run_probe(int argc, char *argv[])
{
	const struct unix_options options = {
	    .connect_timeout = CONNECT_TIMEOUT_MS };
	struct unix_ports ports;

	next_option(&probe_command, argc, argv);
	if (argc - optind != 1)
		return misused(&probe_command, "exactly one address is "
		    "required");
	argv += optind;
	return unix_connect(argv[0], &options, &ports) == 0 ?
	    report_live(argv[0], &ports) : report_state(argv[0], errno);
}

const struct command probe_command = {
	.name = "probe",
	.usage = "ADDRESS",
	.help =
	"Prints the state of the socket at ADDRESS in one line: live, with the "
	"user and\nthe process of the server; stale, absent, not a socket, "
	"not permitted, not\nlistening or of another type.  The exit status "
	"is 0 only for live.  The server\naccepts a client that sends "
	"nothing.\n",
	.options = &no_options,
	.run = run_probe
};
