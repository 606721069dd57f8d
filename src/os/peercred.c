/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The credentials of the peer as recorded by the kernel.  POSIX has no call for
 * them, so each system has a call of its own.  If the system does not report
 * the process, PEER->pid is unchanged.  If the system has no call, the function
 * fails with ENOTSUP.
 */
#include "os.h"

#include <errno.h>
#include <unistd.h>
#if defined(__sun)
#include <ucred.h>
#elif defined(__FreeBSD__) || defined(__DragonFly__) || defined(__APPLE__)
#include <sys/ucred.h>
#endif

#if defined(__linux__) || defined(__OpenBSD__)
int
up_peer_credentials(int fd, struct unix_peer *peer)
{
#ifdef __OpenBSD__
	struct sockpeercred found;
#else
	struct ucred found;
#endif
	socklen_t size = sizeof(found);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &found, &size) == -1)
		return -1;
	peer->pid = found.pid;
	peer->uid = found.uid;
	peer->gid = found.gid;
	return 0;
}
#elif defined(__NetBSD__)
int
up_peer_credentials(int fd, struct unix_peer *peer)
{
	struct unpcbid found;
	socklen_t size = sizeof(found);

	if (getsockopt(fd, 0, LOCAL_PEEREID, &found, &size) == -1)
		return -1;
	peer->pid = found.unp_pid;
	peer->uid = found.unp_euid;
	peer->gid = found.unp_egid;
	return 0;
}
#elif defined(__APPLE__)
int
up_peer_credentials(int fd, struct unix_peer *peer)
{
	socklen_t size = sizeof(peer->pid);

	if (getpeereid(fd, &peer->uid, &peer->gid) == -1)
		return -1;
	if (getsockopt(fd, SOL_LOCAL, LOCAL_PEERPID, &peer->pid, &size) == -1)
		peer->pid = -1;
	return 0;
}
#elif defined(__FreeBSD__) || defined(__DragonFly__)
int
up_peer_credentials(int fd, struct unix_peer *peer)
{
	struct xucred found;
	socklen_t size = sizeof(found);

	if (getsockopt(fd, SOL_LOCAL, LOCAL_PEERCRED, &found, &size) == -1)
		return -1;
	if (found.cr_version != XUCRED_VERSION)
		return up_fail(ENOTSUP);
#ifdef HAVE_STRUCT_XUCRED_CR_PID
	peer->pid = found.cr_pid;
#endif
	peer->uid = found.cr_uid;
	peer->gid = found.cr_gid;
	return 0;
}
#elif defined(__sun)
int
up_peer_credentials(int fd, struct unix_peer *peer)
{
	ucred_t *found = NULL;

	if (getpeerucred(fd, &found) == -1)
		return -1;
	peer->pid = ucred_getpid(found);
	peer->uid = ucred_geteuid(found);
	peer->gid = ucred_getegid(found);
	ucred_free(found);
	return 0;
}
#else
int
up_peer_credentials(int fd, struct unix_peer *peer)
{
	(void)fd;
	(void)peer;
	return up_fail(ENOTSUP);
}
#endif
