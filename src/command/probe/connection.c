/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection to the server, and its process. */
#include "probe.h"

#include <sys/socket.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_MS	1000	/* if the backlog is full */

/*
 * Another process can have the number of the peer's process, so its descriptor
 * is preferred.  Linux before 6.18 has none if the process was reaped.
 */
static int
has_ended(const struct unix_ports *ports, pid_t pid)
{
	struct pollfd process = { .fd = unix_peer_process(ports),
	    .events = POLLIN };
	int result;

	if (process.fd == -1)
		return pid > 0 && kill(pid, 0) == -1 && errno == ESRCH;
	result = poll(&process, 1, 0) == 1;
	close(process.fd);
	return result;
}

static void
record_peer(const struct unix_ports *ports, struct sighting *sighting)
{
	struct unix_peer peer = { .pid = -1 };

	sighting->state = LIVE;
	sighting->type = SOCK_STREAM;
	sighting->is_connected = 1;
	sighting->has_user = unix_peer(ports, &peer) == 0;
	sighting->user = peer.uid;
	sighting->process = peer.pid;
	sighting->has_ended = has_ended(ports, peer.pid);
}

/*
 * Returns the state of an address in STATE after a failed connect(2), or -1 if
 * ERROR does not concern the address.
 */
static int
state_of_error(int error, enum state state)
{
	switch (error) {
	case ENOENT:
		return ABSENT;
	case ECONNREFUSED:
		return state == UNKNOWN ? ABSENT : NOT_LISTENING;
	case EACCES:
	case EPERM:
		return NOT_PERMITTED;
	case ENOTSOCK:
		return NOT_SOCKET;
	case EPROTOTYPE:
		return OTHER_TYPE;
	case ETIMEDOUT:		/* only a live server makes connect(2) wait */
		return LIVE;
	default:
		return -1;
	}
}

/*
 * Connects to ADDRESS, at which look() has found a socket.  Returns 0, or -1 if
 * errno does not concern the state of ADDRESS.
 */
int
connect_and_look(const char *address, struct sighting *sighting)
{
	const struct unix_options options = {
	    .connect_timeout = CONNECT_TIMEOUT_MS };
	struct unix_ports ports;
	int state;

	if (unix_connect(address, &options, &ports) == 0) {
		record_peer(&ports, sighting);
		unix_close_ports(&ports);
		return 0;
	}
	state = state_of_error(errno, sighting->state);
	if (state == -1)
		return -1;
	sighting->state = (enum state)state;
	sighting->error = errno;
	return 0;
}
