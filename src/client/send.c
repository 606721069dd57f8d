/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends one datagram.  unix_listen() makes the receiving socket. */
#include "client.h"

#include <errno.h>

struct datagram {
	const void *bytes;
	size_t length;
	int flags;
};

/* NAME is NULL for the socket of an address fd:N, which is connected. */
static int
send_whole(int fd, const struct up_name *name, const struct datagram *datagram)
{
	int flags = datagram->flags | MSG_NOSIGNAL;
	ssize_t sent;

	do
		sent = name == NULL ?
		    send(fd, datagram->bytes, datagram->length, flags) :
		    sendto(fd, datagram->bytes, datagram->length, flags,
		    (const struct sockaddr *)&name->address, name->length);
	while (sent == -1 && errno == EINTR);
	return sent == -1 ? -1 : 0;
}

static int
send_to_address(const struct up_address *address,
    const struct datagram *datagram)
{
	struct up_name name;
	int file, fd, result = -1;

	if (up_resolve(address, &name, &file) == -1)
		return -1;
	fd = up_socket(SOCK_DGRAM);
	if (fd != -1 && up_set_nosigpipe(fd, 1) == 0)
		result = send_whole(fd, &name, datagram);
	up_close(fd);
	up_close(file);
	return result;
}

/*
 * Rejects stream sockets, on which send(2) would succeed but lose the
 * boundaries of the datagram.
 */
static int
send_through(int fd, const struct datagram *datagram)
{
	int type = up_socket_option(fd, SO_TYPE);

	if (type == -1)
		return -1;
	if (type != SOCK_DGRAM)
		return up_fail(EPROTOTYPE);
	return send_whole(fd, NULL, datagram);
}

static int
send_datagram(const char *text, const struct datagram *datagram)
{
	struct up_address address;
	int saved = errno;

	if (up_parse_address(text, 0, &address) == -1)
		return -1;
	if (address.form == UP_SYSTEMD ||
	    (datagram->bytes == NULL && datagram->length > 0))
		return up_fail(EINVAL);
	if ((address.form == UP_DESCRIPTOR ?
	    send_through(address.number, datagram) :
	    send_to_address(&address, datagram)) == -1)
		return -1;
	errno = saved;
	return 0;
}

UP_API int
unix_send(const char *address, const void *bytes, size_t length)
{
	const struct datagram datagram = { bytes, length, 0 };

	return send_datagram(address, &datagram);
}

/* poll(2) reports an unconnected socket as writable although it would wait. */
UP_API int
unix_try_send(const char *address, const void *bytes, size_t length)
{
	const struct datagram datagram = { bytes, length, MSG_DONTWAIT };

	return send_datagram(address, &datagram);
}
