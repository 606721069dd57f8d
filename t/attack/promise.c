/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The promise of the manual for a call under an attack, or the reason why there
 * is none.
 */
#include "attack.h"

#include <errno.h>

#define LOCK_MS	2000		/* unix_listen(3): EBUSY */

static int
is_plain(const struct kind *kind)
{
	return (kind->flags & UNIX_GUARDED) == 0;
}

static int
is_of_connection(enum role role)
{
	return role <= CLOSES;
}

/* On a listener with UNIX_DATAGRAM. */
static int
is_of_datagrams(enum role role)
{
	return role == CLOSES_DATAGRAMS || role == RECEIVES;
}

/* Of unix_serve(3). */
static int
serves(enum role role)
{
	return role == SERVES || role == SERVES_FULL || role == BURSTS ||
	    role == DRAINS;
}

static int
has_limits(enum role role)
{
	return serves(role) || role == COMMAND_SERVES ||
	    role == COMMAND_STOPS;
}

static int
is_of_client(enum role role)
{
	return role >= LISTENS && role <= COMMAND_CONNECTS;
}

static int
is_of_command(enum role role)
{
	return role >= COMMAND_CONNECTS;
}

/* How the call should end. */
static int
end_of(const struct attack *attack, enum role role)
{
	unsigned traits = attack->traits;

	switch (role) {
	case READS_FRAMES:
		return traits & ANNOUNCES ? EMSGSIZE : attack->read;
	case ASKS:
		if (traits & IS_URGENT || attack->read != ETIMEDOUT)
			return ANY_END;
		return traits & SENDS_BYTES ? 0 : ETIMEDOUT;
	case TAKES:
		if ((traits & SENDS_FILES) == 0)
			return ENOMSG;
		return traits & IS_URGENT ? EBADMSG : 0;
	case WRITES: case ADDS: case CLOSES:
		return attack->write;
	case ACCEPTS:
		return traits & (IS_STORM | HOARDS) ? 0 : ETIMEDOUT;
	case LOOKS:
		return traits & IS_STORM ? ANY_END : 0;
	case DROPS:
		return ETIMEDOUT;
	case DRAINS: case COMMAND_STOPS: case SENDS: case RECEIVES:
		return ANY_END;
	case CONNECTS:
		return attack->connect;
	case WAITS_FOR_SERVER: case COMMAND_CONNECTS:
		return attack->connect == ECONNREFUSED ? ETIMEDOUT :
		    attack->connect;
	case LISTENS:
		return attack->connect == ETIMEDOUT ? EADDRINUSE : ANY_END;
	case EXPLAINS: case CLOSES_SILENTLY: case CLOSES_LISTENER:
	case CLOSES_DATAGRAMS: case SERVES: case SERVES_FULL: case BURSTS:
	case COMMAND_SERVES:
		return 0;
	default:
		return attack->read;
	}
}

/* Within which time: an event ends a wait immediately. */
static int
bound_of(const struct attack *attack, const struct call *call, int end)
{
	switch (call->role) {
	case COMMAND_STOPS:
		return STOP_MS;
	case LISTENS:
		return LOCK_MS;
	case ASKS: case ACCEPTS: case SERVES_FULL: case DRAINS:
	case CONNECTS: case WAITS_FOR_SERVER: case COMMAND_CONNECTS:
		return end == ECONNREFUSED ? 0 : TIMEOUT_MS;
	case DROPS:
		return call->accept_timeout < 0 ? 0 : call->accept_timeout;
	case LOOKS: case SENDS:
		return 0;
	case TAKES:
		return attack->traits & SENDS_BYTES ||
		    attack->read != ETIMEDOUT ? 0 : TIMEOUT_MS;
	default:
		return end == ETIMEDOUT || end == ANY_END ? TIMEOUT_MS : 0;
	}
}

/* Reasons that concern the attack and the call. */
static const char *
why_not_possible(const struct attack *attack, enum role role)
{
	unsigned traits = attack->traits;

	if (traits & FLOODS && !can_flood())
		return "RLIMIT_NOFILE admits too few descriptors in flight";
	if (is_of_connection(role) && traits & IS_STORM)
		return "the attack needs a listener";
	if (traits & EXCEEDS && !has_limits(role))
		return "the call has no limit of clients";
	if ((role == SERVES_FULL || role == BURSTS) && traits & IS_STORM)
		return "the storm fills the queue";
	if ((traits & EXCEEDS || role == DROPS) && !is_root())
		return "only root can be several users";
	if ((role == READS || role == READS_FRAMES || role == SERVES_FULL) &&
	    traits & DRIPS)
		return "each byte restarts read_timeout";
	if (is_of_datagrams(role) &&
	    (traits & (SENDS_FILES | IS_URGENT)) != SENDS_FILES)
		return "the attack needs a connection";
	if (is_of_client(role) && attack->connect == NO_END)
		return "the call receives no bytes";
	if (role == SENDS && attack->connect != ECONNREFUSED)
		return "unix_send has no timeout";
	return NULL;
}

/* Reasons that concern the kind of ports. */
static const char *
why_not_promised(const struct attack *attack, enum role role, int end,
    const struct kind *kind)
{
	if (is_of_command(role) && kind->flags != 0)
		return "the command has no kinds of ports";
	if ((is_of_datagrams(role) || role == SENDS) && kind->flags != 0)
		return "datagrams have no ports";
	if (role == EXPLAINS && kind->flags != 0)
		return "the call opens no ports";
	if ((role == TAKES || role == ADDS) && (kind->flags & UNIX_FILES) == 0)
		return "the call requires UNIX_FILES";
	if (serves(role) && is_plain(kind))
		return "unix_serve requires guarded ports";
	if (is_of_connection(role) && is_plain(kind) && role != ASKS &&
	    (end == ETIMEDOUT || attack->traits & SENDS_FILES))
		return "plain ports have no timeout";
	if (role == CLOSES_LISTENER && is_plain(kind) &&
	    attack->traits & SENDS_FILES)
		return "a plain listener leaves its queue to the kernel";
	if (kind->is_old && is_plain(kind) && !is_of_command(role) &&
	    !is_of_datagrams(role))
		return "plain ports refuse no descriptors";
	if (kind->is_old && is_of_client(role))
		return "the call receives no bytes";
	if (kind->is_old && !kernel_refuses())
		return "this kernel has no SO_PASSRIGHTS anyway";
	return NULL;
}

struct promise
promise_of(const struct attack *attack, const struct call *call,
    const struct kind *kind)
{
	struct promise promise;

	promise.empty = call->is_missing != NULL && call->is_missing() ?
	    "this release does not have the call" :
	    why_not_possible(attack, call->role);
	promise.end = end_of(attack, call->role);
	promise.bound = bound_of(attack, call, promise.end);
	if (promise.empty == NULL)
		promise.empty = why_not_promised(attack, call->role,
		    promise.end, kind);
	return promise;
}
