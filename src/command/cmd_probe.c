/* SPDX-License-Identifier: BSD-2-Clause */
/* unixport probe: what is at an address, and who serves there. */
#include "command.h"

#include <sys/stat.h>
#include <errno.h>
#include <string.h>

#define LIMIT	1000		/* milliseconds; a server that lives is busy */

/* The path of ADDRESS, or NULL for one without a file. */
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
 * What refuses is no socket, or one that nobody has any more, or one whose
 * program has not called listen(2) yet: that refuses a datagram, too, but by
 * its type.
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

/* A word for ERROR, or NULL when it tells nothing about what is there. */
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
		return "not a socket";	/* BSD's word for a file, too */
	case EPROTOTYPE:
		return "of another type";
	default:
		return NULL;
	}
}

static void
say_it_lives(const char *address)
{
	printf("live: ");
	print_visible(stdout, address);
	printf(":");
}

/* There is a server, and it had no time for us. */
static int
say_busy(const char *address)
{
	say_it_lives(address);
	printf(" no answer in time; is the server busy?\n");
	return close_output();
}

static int
say_live(const char *address, struct unix_ports *ports)
{
	struct unix_peer peer;
	int known = unix_peer(ports, &peer) == 0;

	unix_close_ports(ports);
	say_it_lives(address);
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
say_state(const char *address, int error)
{
	const char *state = state_of(address, error);
	char text[5000];

	if (error == ETIMEDOUT)
		return say_busy(address);
	if (state == NULL)
		return explain(address, error);
	unix_explain(address, error, text, sizeof(text));
	printf("%s: %s\n", state, text);
	close_output();
	return STATUS_ERROR;
}

static int
run_probe(int argc, char *argv[])
{
	const struct unix_options options = { .connect_timeout = LIMIT };
	struct unix_ports ports;

	next_option(&probe_command, argc, argv);
	if (argc - optind != 1)
		return misused(&probe_command, "one address is needed");
	argv += optind;
	return unix_connect(argv[0], &options, &ports) == 0 ?
	    say_live(argv[0], &ports) : say_state(argv[0], errno);
}

const struct command probe_command = {
	.name = "probe",
	.usage = "ADDRESS",
	.help =
	"Tells in one line what is at ADDRESS: live, with the server's user "
	"and process;\nstale, absent, not a socket, not permitted, not "
	"listening or of another type.\nThe exit status is 0 only for live.  "
	"The server sees a client that leaves at once.\n",
	.letters = "+:h",
	.run = run_probe
};
