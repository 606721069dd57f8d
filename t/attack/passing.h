/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors in flight whose last close(2) takes time; see passing.c. */
#ifndef PASSING_H
#define PASSING_H

#include <sys/types.h>

#define SCM_MAX_FDS	253		/* descriptors in a message, by Linux */

/*
 * A TCP socket whose last close(2) takes SECONDS, unless its linger is turned
 * off, or -1 with errno.  Its peer stays open in this process, whose end
 * would end the wait.
 */
int make_lingering(int seconds);

/* Send one BYTE with COUNT descriptors to TO, with flags of send(2). */
ssize_t pass_files(int to, char byte, const int *fds, size_t count,
    int flags);

#endif
