/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors that guarded ports refuse.  The kernel drops one that was
 * passed and is not received inside our recv(2) or close(2).  If it is a TCP
 * socket with unsent bytes and SO_LINGER, that call blocks for a time that
 * the peer has chosen.  So the kernel is asked to let none come: the
 * sender's sendmsg(2) fails with EPERM.
 */
#include "guarded.h"

#include <errno.h>

/*
 * FD, for ports with OPTIONS, or a listener for such, takes descriptors only
 * if they ask for them.  A connection has this from its listener, as it was
 * at connect(2).  Older kernels do not have the option, and TCP, which
 * passes no descriptors, does not either.
 */
int
up_refuse_files(int fd, const struct unix_options *options)
{
	const int off = 0;

	if (SO_PASSRIGHTS != -1 &&
	    (options->flags & (UNIX_GUARDED | UNIX_FILES)) == UNIX_GUARDED &&
	    setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof(off))
	    == -1 && errno != ENOPROTOOPT && errno != EOPNOTSUPP)
		return -1;
	return 0;
}
