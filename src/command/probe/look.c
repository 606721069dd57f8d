/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of an address, without a connection to its server. */
#include "probe.h"

#include <sys/socket.h>
#include <errno.h>

#define ATTEMPTS	2

static int
set_state(struct sighting *sighting, enum state state, int error)
{
	sighting->state = state;
	sighting->error = error;
	return 0;
}

/* Returns -1 if errno does not concern the state of the address. */
static int
set_failure(struct sighting *sighting)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return set_state(sighting, ABSENT, errno);
	case EACCES:
	case EPERM:
		return set_state(sighting, NOT_PERMITTED, errno);
	default:
		return -1;
	}
}

static int
set_socket(struct sighting *sighting, const struct listed *found)
{
	sighting->type = found->type;
	sighting->has_user = found->has_user;
	sighting->user = found->user;
	if (found->type != SOCK_STREAM &&
	    (found->is_listening || found->type == SOCK_DGRAM))
		return set_state(sighting, OTHER_TYPE, EPROTOTYPE);
	return set_state(sighting, found->is_listening ? LIVE :
	    NOT_LISTENING, 0);
}

/* No socket has a file, so that only the list of sockets shows its state. */
static int
look_at_name(const struct target *target, struct sighting *sighting)
{
	struct listed found;

	switch (find_bound(target, &found)) {
	case 0:
		return set_state(sighting, ABSENT, ECONNREFUSED);
	case 1:
		return set_socket(sighting, &found);
	default:
		return set_state(sighting, UNKNOWN, 0);
	}
}

/*
 * A socket that the list does not have is in another network namespace.  Or it
 * was closed after the proof, or the kernel omitted it since other sockets were
 * closed while it made the list; both are excluded by a second attempt.
 */
static int
look_at_path(const struct target *target, struct sighting *sighting)
{
	struct listed found;
	int i, error;

	if (!target->is_socket)
		return set_state(sighting, NOT_SOCKET, ECONNREFUSED);
	for (i = 0; i < ATTEMPTS; i++) {
		error = connect_wrong_type(target);
		if (error == 0) {
			sighting->type = SOCK_DGRAM;
			return set_state(sighting, OTHER_TYPE, EPROTOTYPE);
		}
		if (error == ECONNREFUSED)
			return set_state(sighting, STALE, error);
		/* EPERM is also the error of a connected datagram socket. */
		if ((error == EPROTOTYPE || error == EPERM) &&
		    find_bound(target, &found) == 1 &&
		    (found.type == SOCK_DGRAM) == (error == EPERM))
			return set_socket(sighting, &found);
		if (error != EPROTOTYPE) {
			errno = error;
			return set_failure(sighting);
		}
	}
	return set_state(sighting, BOUND, 0);
}

/* Returns 0, or -1 if errno does not concern the state of ADDRESS. */
int
look(const char *address, struct sighting *sighting)
{
	struct target target;
	int result;

	*sighting = (struct sighting){ 0 };
	if (unix_check_address(address, 0) == -1)
		return -1;
	if (open_target(address, &target) == -1)
		return set_failure(sighting);
	result = target.name != NULL ? look_at_name(&target, sighting) :
	    look_at_path(&target, sighting);
	close_target(&target);
	return result;
}
