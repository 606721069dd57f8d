/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is at the other end, as the kernel recorded it.  Where it does not
 * tell, the answer is an error, never our own ids.
 */
#include "internal.h"

#include <errno.h>
#include <unistd.h>
#if defined(__sun)
#include <ucred.h>
#elif defined(__FreeBSD__) || defined(__DragonFly__) || defined(__APPLE__)
#include <sys/ucred.h>
#endif

#if defined(__linux__) || defined(__OpenBSD__)
static int
ask(int fd, struct unix_peer *peer)
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
static int
ask(int fd, struct unix_peer *peer)
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
static int
ask(int fd, struct unix_peer *peer)
{
	socklen_t size = sizeof(peer->pid);

	if (getpeereid(fd, &peer->uid, &peer->gid) == -1)
		return -1;
	if (getsockopt(fd, SOL_LOCAL, LOCAL_PEERPID, &peer->pid, &size) == -1)
		peer->pid = -1;
	return 0;
}
#elif defined(__FreeBSD__) || defined(__DragonFly__)
static int
ask(int fd, struct unix_peer *peer)
{
	struct xucred found;
	socklen_t size = sizeof(found);

	if (getsockopt(fd, SOL_LOCAL, LOCAL_PEERCRED, &found, &size) == -1)
		return -1;
	if (found.cr_version != XUCRED_VERSION) {
		errno = ENOTSUP;
		return -1;
	}
#ifdef HAVE_STRUCT_XUCRED_CR_PID
	peer->pid = found.cr_pid;
#endif
	peer->uid = found.cr_uid;
	peer->gid = found.cr_gid;
	return 0;
}
#elif defined(__sun)
static int
ask(int fd, struct unix_peer *peer)
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
static int
ask(int fd, struct unix_peer *peer)
{
	(void)fd;
	(void)peer;
	errno = ENOTSUP;
	return -1;
}
#endif

/* A peer in another pid namespace is 0 to us: unknown. */
int
up_peer(int fd, struct unix_peer *peer)
{
	struct unix_peer found = { .pid = -1 };
	int family = up_family(fd);

	if (family == -1)
		return -1;
	if (family != AF_UNIX) {
		errno = ENOTSUP;
		return -1;
	}
	if (ask(fd, &found) == -1)
		return -1;
	if (found.pid <= 0)
		found.pid = -1;
	*peer = found;
	return 0;
}

/* 0 if the peer is our effective user, else -1: EACCES, ENOTSUP, EMFILE. */
int
up_check_user(int fd)
{
	struct unix_peer peer;
	int is_own;

	if (up_peer(fd, &peer) == -1 ||
	    (is_own = up_is_own_user(peer.uid)) == -1)
		return -1;
	if (!is_own) {
		errno = EACCES;
		return -1;
	}
	return 0;
}

UP_API int
unix_peer(const struct unix_ports *ports, struct unix_peer *peer)
{
	int saved = errno;
	int fd = up_fileno(ports);

	if (fd == -1)
		return -1;
	if (peer == NULL) {
		errno = EINVAL;
		return -1;
	}
	if (up_peer(fd, peer) == -1)
		return -1;
	errno = saved;
	return 0;
}
