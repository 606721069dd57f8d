/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plain ports: `in` is fdopen(3) of the socket, `out` is fdopen(3) of its
 * duplicate.  ISO C requires fseek(3) between reading and writing one stream:
 * on a socket glibc fails with ESPIPE, and musl discards read-ahead bytes.  Two
 * streams on one descriptor would close it twice.
 */
#include "port.h"

#include <errno.h>

/* FD gets its stream last: to undo fdopen(3), fclose(3) would close FD. */
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

/*
 * Replaces the socket of both streams by that of FD.  POSIX has no call that
 * gives a stream another descriptor, so dup2(2) replaces the socket behind it.
 */
int
up_plain_move(struct unix_ports *ports, int fd)
{
	return up_dup_onto(fd, ports->descriptor[0]) == -1 ||
	    up_dup_onto(fd, ports->descriptor[1]) == -1 ? -1 : 0;
}
