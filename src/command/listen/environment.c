/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the environment of a server's programs, as specified by UCSPI. */
#include "command.h"

#include <stdlib.h>
#include <string.h>

extern char **environ;

static char proto[] = "PROTO=UNIX";

/*
 * Whether ENTRY is omitted: variables of the service manager or of an outer
 * server would describe sockets or a client that the program does not have.
 */
static int
is_dropped(const char *entry)
{
	static const char *const names[] = { "LISTEN_FDNAMES=",
	    "LISTEN_FDS=", "LISTEN_PID=", "NOTIFY_SOCKET=", "PROTO=",
	    "UNIXLOCALPATH=", "UNIXREMOTEEGID=", "UNIXREMOTEEUID=",
	    "UNIXREMOTEPID=", "UNIXREMOTEPIDFD=" };
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		if (strncmp(entry, names[i], strlen(names[i])) == 0)
			return 1;
	return 0;
}

static char *
local_path(const char *path)
{
	size_t size = sizeof("UNIXLOCALPATH=") + strlen(path);
	char *entry = malloc(size);

	if (entry != NULL)
		snprintf(entry, size, "UNIXLOCALPATH=%s", path);
	return entry;
}

/* PATH is NULL if the listener has none.  Returns -1 if memory is exhausted. */
int
make_environment(struct environment *environment, const char *path)
{
	size_t entries = 0, i;
	char **slot;

	while (environ[entries] != NULL)
		entries++;
	slot = environment->entries = calloc(entries + 7, sizeof(*slot));
	if (slot == NULL)
		return -1;
	for (i = 0; i < entries; i++)
		if (!is_dropped(environ[i]))
			*slot++ = environ[i];
	*slot++ = proto;
	if (path != NULL && (*slot++ = local_path(path)) == NULL)
		return -1;
	environment->peer = slot;
	return 0;
}

/* The numbers of an unknown peer are -1. */
struct unix_peer
peer_of(const struct unix_ports *client)
{
	struct unix_peer peer;

	if (unix_peer(client, &peer) == -1)
		peer = (struct unix_peer){ .pid = -1, .uid = (uid_t)-1,
		    .gid = (gid_t)-1 };
	return peer;
}

/* The numbers are -1 if unknown.  Some BSDs do not report the process. */
void
set_peer(struct environment *environment, const struct unix_peer *peer)
{
	char **slot = environment->peer;

	if (peer->uid != (uid_t)-1) {
		snprintf(environment->uid, sizeof(environment->uid),
		    "UNIXREMOTEEUID=%lu", (unsigned long)peer->uid);
		snprintf(environment->gid, sizeof(environment->gid),
		    "UNIXREMOTEEGID=%lu", (unsigned long)peer->gid);
		*slot++ = environment->uid;
		*slot++ = environment->gid;
	}
	if (peer->pid > 0) {
		snprintf(environment->pid, sizeof(environment->pid),
		    "UNIXREMOTEPID=%ld", (long)peer->pid);
		*slot++ = environment->pid;
	}
	environment->process = slot;
	*slot = NULL;
}

/* NUMBER is -1 if the program has no descriptor of the process of the peer. */
void
set_pidfd(struct environment *environment, int number)
{
	char **slot = environment->process;

	if (number != -1) {
		snprintf(environment->pidfd, sizeof(environment->pidfd),
		    "UNIXREMOTEPIDFD=%d", number);
		*slot++ = environment->pidfd;
	}
	*slot = NULL;
}
