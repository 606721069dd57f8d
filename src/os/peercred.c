/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The credentials, the process and the groups of the peer, and the sender of a
 * datagram, as recorded by the kernel.  POSIX has no call for them, so each
 * system has a call of its own.  If the system does not report the process,
 * PEER->pid is unchanged.  If the system has no call, the function fails with
 * ENOTSUP.
 */
#include "os.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
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

/*
 * Stores the sender of a datagram in PEER, with -1 for each unknown member.
 * Linux adds the sender to datagrams that arrive after up_pass_credentials();
 * other systems do not, and a failure of setsockopt(2) is not an error.
 */
#ifdef __linux__
void
up_pass_credentials(int fd)
{
	const int on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
}

/* A datagram from before the option has pid 0 and the overflow uid. */
void
up_sender(struct msghdr *message, struct unix_peer *peer)
{
	static const struct ucred unknown = { -1, (uid_t)-1, (gid_t)-1 };
	struct ucred found = unknown;
	struct cmsghdr *header;

	for (header = CMSG_FIRSTHDR(message); header != NULL;
	    header = CMSG_NXTHDR(message, header))
		if (header->cmsg_level == SOL_SOCKET &&
		    header->cmsg_type == SCM_CREDENTIALS)
			memcpy(&found, CMSG_DATA(header), sizeof(found));
	if (found.pid == 0 && up_is_overflow_user(found.uid) != 0)
		found = unknown;
	*peer = (struct unix_peer){ .pid = found.pid <= 0 ? -1 : found.pid,
	    .uid = found.uid, .gid = found.gid };
}
#else
void
up_pass_credentials(int fd)
{
	(void)fd;
}

void
up_sender(struct msghdr *message, struct unix_peer *peer)
{
	(void)message;
	*peer = (struct unix_peer){ .pid = -1, .uid = (uid_t)-1,
	    .gid = (gid_t)-1 };
}
#endif

/* A descriptor of the process of the peer, 3 or greater, or -1. */
#ifdef __linux__
int
up_peer_pidfd(int fd)
{
	int pidfd;
	socklen_t size = sizeof(pidfd);

	if (SO_PEERPIDFD == -1)
		return up_fail(ENOTSUP);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &size) == 0)
		return up_above_standard(pidfd);
	/* Linux before 6.18 fails with EINVAL if the process was reaped. */
	return up_fail(errno == EINVAL ? ESRCH :
	    errno == ENOPROTOOPT || errno == ENODATA ? ENOTSUP : errno);
}
#else
int
up_peer_pidfd(int fd)
{
	(void)fd;
	return up_fail(ENOTSUP);
}
#endif

/* Whether GROUP is among the supplementary groups of the peer: 1, 0, or -1. */
#ifdef __linux__
#define FIRST_GROUPS	64
#define MAX_GROUPS	65536	/* of a process, by Linux */

static int
has_supplementary_group(int fd, gid_t group)
{
	gid_t some[FIRST_GROUPS], *groups = some;
	socklen_t size = sizeof(some), i;
	int result, error;

	if (SO_PEERGROUPS == -1)
		return up_fail(ENOTSUP);
	result = getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size);
	if (result == -1 && errno == ERANGE) {
		size = MAX_GROUPS * sizeof(*groups);
		groups = malloc(size);
		if (groups == NULL)
			return -1;
		result = getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups,
		    &size);
	}
	if (result == 0)
		for (i = 0; i < size / sizeof(*groups) && result == 0; i++)
			result = groups[i] == group;
	else if (errno == ENOPROTOOPT || errno == ENODATA)
		errno = ENOTSUP;
	error = errno;
	if (groups != some)
		free(groups);
	errno = error;
	return result;
}
#elif defined(__FreeBSD__) || defined(__DragonFly__) || defined(__APPLE__)
static int
has_supplementary_group(int fd, gid_t group)
{
	struct xucred found;
	socklen_t size = sizeof(found);
	const int room = (int)COUNT(found.cr_groups);
	int i;

	if (getsockopt(fd, SOL_LOCAL, LOCAL_PEERCRED, &found, &size) == -1)
		return -1;
	for (i = 0; i < found.cr_ngroups && i < room; i++)
		if (found.cr_groups[i] == group)
			return 1;
	/* The structure has no room for more, so the group can be missing. */
	return found.cr_ngroups < room ? 0 : up_fail(ENOTSUP);
}
#else
static int
has_supplementary_group(int fd, gid_t group)
{
	(void)fd;
	(void)group;
	return up_fail(ENOTSUP);
}
#endif

/* Whether GROUP is the effective or a supplementary group: 1, 0, or -1. */
int
up_is_peer_in_group(int fd, gid_t group)
{
	struct unix_peer peer;

	if (up_peer_credentials(fd, &peer) == -1)
		return -1;
	return peer.gid == group ? 1 : has_supplementary_group(fd, group);
}
