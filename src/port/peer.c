/* SPDX-License-Identifier: BSD-2-Clause */
/* The peer of open ports: its user, its process and its groups. */
#include "port.h"

#include <errno.h>

UP_API UP_COLD int
unix_peer(const struct unix_ports *ports, struct unix_peer *peer)
{
	int saved = errno;
	int fd = up_fileno(ports);

	if (fd == -1)
		return -1;
	if (peer == NULL)
		return up_fail(EINVAL);
	if (up_peer(fd, peer) == -1)
		return -1;
	errno = saved;
	return 0;
}

/* The descriptor of a connection of a Unix domain socket, or -1. */
static int
unix_domain_fileno(const struct unix_ports *ports)
{
	int fd = up_fileno(ports);
	int family = fd == -1 ? -1 : up_family(fd);

	if (family == -1)
		return -1;
	return family == AF_UNIX ? fd : up_fail(ENOTSUP);
}

UP_API UP_COLD int
unix_peer_process(const struct unix_ports *ports)
{
	int saved = errno;
	int fd = unix_domain_fileno(ports);
	int process = fd == -1 ? -1 : up_peer_pidfd(fd);

	if (process != -1)
		errno = saved;
	return process;
}

UP_API UP_COLD int
unix_peer_in_group(const struct unix_ports *ports, gid_t group)
{
	int saved = errno;
	int fd = up_fileno(ports);
	int result;

	if (fd == -1)
		return -1;
	if (group == (gid_t)-1)
		return up_fail(EINVAL);
	if (unix_domain_fileno(ports) == -1 ||
	    (result = up_is_unmapped_group(group)) == -1)
		return -1;
	/* Linux would report unmapped groups of the peer as this one. */
	if (result == 1)
		return up_fail(ENOTSUP);
	result = up_is_peer_in_group(fd, group);
	if (result != -1)
		errno = saved;
	return result;
}
