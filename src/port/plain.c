/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plain ports: `in` is fdopen(3) of the socket, `out` is fdopen(3) of a
 * duplicate.  One stream for both directions is not possible: ISO C requires
 * fseek(3) between a read and a write, but on a socket fseek(3) fails with
 * ESPIPE in glibc and discards read-ahead bytes in musl.  Two streams need two
 * descriptors, since fclose(3) of both would close one descriptor twice.
 */
#include "port.h"

#include <errno.h>

/*
 * The stream on FD is made last, so that it is never closed after a failure:
 * fclose(3) would also close FD, which the caller still owns.
 */
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
 * gives a stream another descriptor, so dup2(2) puts the socket behind the
 * descriptors that the streams have.
 */
int
up_plain_move(struct unix_ports *ports, int fd)
{
	return up_dup_onto(fd, ports->descriptor[0]) == -1 ||
	    up_dup_onto(fd, ports->descriptor[1]) == -1 ? -1 : 0;
}
