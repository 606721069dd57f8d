/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The identity of the peer as recorded by the kernel.  If the kernel does not
 * report it, the call fails: a default would be mistaken for a real user.
 */
#include "port.h"

#include <errno.h>

/* Linux reports pid 0 for a peer outside the pid namespace. */
int
up_peer(int fd, struct unix_peer *peer)
{
	struct unix_peer found = { .pid = -1 };
	int family = up_family(fd);

	if (family == -1)
		return -1;
	if (family != AF_UNIX)
		return up_fail(ENOTSUP);
	if (up_peer_credentials(fd, &found) == -1)
		return -1;
	if (found.pid <= 0)
		found.pid = -1;
	*peer = found;
	return 0;
}

/* A user that cannot be determined is rejected, too. */
int
up_check_peer_user(int fd)
{
	struct unix_peer peer;
	int is_own;

	if (up_peer(fd, &peer) == -1 ||
	    (is_own = up_is_own_user(peer.uid)) == -1)
		return -1;
	if (!is_own)
		return up_fail(EACCES);
	return 0;
}
