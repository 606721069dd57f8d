/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plain ports: `in` is fdopen(3) of the socket, `out` is fdopen(3) of its
 * dup.  One stream for both directions does not work on a socket (glibc
 * fails with ESPIPE, musl drops its read-ahead), and two on one descriptor
 * would close it twice.
 */
#include "port.h"

#include <errno.h>

/* On failure FD is the caller's still, so the stream that owns it is last. */
int
up_plain_open(int fd, struct unix_ports *ports)
{
	struct unix_ports made = { .descriptor = { fd, -1 } };
	int error;

	made.descriptor[1] = up_dup(fd);
	if (made.descriptor[1] == -1)
		return -1;
	made.out = fdopen(made.descriptor[1], "w");
	if (made.out == NULL) {
		up_close(made.descriptor[1]);
		return -1;
	}
	made.in = fdopen(fd, "r");
	if (made.in == NULL) {
		error = errno;
		fclose(made.out);
		return up_fail(error);
	}
	*ports = made;
	return 0;
}

/* Let both streams lead to FD, whatever they were opened on. */
int
up_plain_move(struct unix_ports *ports, int fd)
{
	return up_dup_onto(fd, ports->descriptor[0]) == -1 ||
	    up_dup_onto(fd, ports->descriptor[1]) == -1 ? -1 : 0;
}
