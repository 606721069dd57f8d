/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports on a connected socket: opening, readiness, peer, and shutdown. */
#include "port.h"

#include <errno.h>

/* On failure FD remains open: the caller of the exported function owns it. */
int
up_make_ports(int fd, const struct unix_options *options,
    struct unix_ports *ports)
{
	return (options->flags & UNIX_GUARDED) != 0 ?
	    up_guarded_open(fd, options, ports) : up_plain_open(fd, ports);
}

/*
 * On failure FD remains open and, if it belongs to the caller, must have its
 * former options.  SO_PASSRIGHTS is therefore changed last: no later step can
 * fail and would have to restore it.
 */
int
up_open_ports(int fd, const struct unix_options *options,
    struct unix_ports *ports)
{
	struct unix_ports made;

	if (up_sigpipe_socket(fd, options) == -1 ||
	    up_make_ports(fd, options, &made) == -1)
		return -1;
	if (up_refuse_files(fd, options) == -1) {
		/* The ports are guarded; plain ports refuse no descriptors. */
		up_guarded_move(&made, -1);
		up_abandon_ports(&made);
		return -1;
	}
	*ports = made;
	return 0;
}

/*
 * fdopen(3) accepts any descriptor.  Without this check, a listener or a
 * datagram socket would cause an error only at the first read.
 */
static int
check_connected(int fd)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);
	int type = up_socket_option(fd, SO_TYPE);

	if (type == -1)
		return -1;
	if (type != SOCK_STREAM)
		return up_fail(EPROTOTYPE);
	if (up_is_listening(fd) == 1)
		return up_fail(EINVAL);
	return getpeername(fd, (struct sockaddr *)&peer, &length);
}

static int
check_connection(int fd, const struct unix_options *options)
{
	int family = AF_UNIX;

	if ((options->flags & UNIX_FILES) != 0 &&
	    (family = up_family(fd)) == -1)
		return -1;
	/*
	 * UNIX_FILES requires a Unix domain socket.  On TCP, sendmsg(2) would
	 * send the bytes and drop the descriptors.
	 */
	if (family != AF_UNIX)
		return up_fail(EINVAL);
	return (options->flags & UNIX_SAME_USER) == 0 ? 0 :
	    up_check_peer_user(fd);
}

/*
 * Opens PORTS on a socket of the caller.  After a failure the caller may use
 * the socket for another purpose, so all of its flags are restored.
 */
int
up_adopt_ports(int fd, const struct unix_options *options,
    struct unix_ports *ports)
{
	struct up_flags flags;
	int spared;

	if (check_connected(fd) == -1 || check_connection(fd, options) == -1 ||
	    up_save_flags(fd, &flags) == -1 ||
	    (spared = up_nosigpipe(fd)) == -1)
		return -1;
	if (up_set_blocking(fd, 1) == -1 || up_set_inherit(fd, 0) == -1 ||
	    up_open_ports(fd, options, ports) == -1) {
		up_restore_flags(fd, &flags);
		up_restore_nosigpipe(fd, spared);
		return -1;
	}
	if (ports->socket != NULL)
		up_expose_socket(ports->socket);
	return 0;
}

UP_API UP_COLD int
unix_open_ports(int fd, const struct unix_options *given,
    struct unix_ports *ports)
{
	struct unix_options options;
	int saved = errno;

	if (ports == NULL)
		return up_fail(EINVAL);
	if (up_read_options(given, UP_PORTS, &options) == -1 ||
	    up_adopt_ports(fd, &options, ports) == -1)
		return -1;
	up_sigpipe_process(options.sigpipe);
	errno = saved;
	return 0;
}

int
up_fileno(const struct unix_ports *ports)
{
	if (ports != NULL && ports->in != NULL)
		return ports->descriptor[0];
	if (ports != NULL && ports->out != NULL)
		return ports->descriptor[1];
	return up_fail(EBADF);
}

UP_API int
unix_fileno(const struct unix_ports *ports)
{
	int fd = up_fileno(ports);

	if (fd != -1 && ports->socket != NULL)
		up_expose_socket(ports->socket);
	return fd;
}

UP_API int
unix_input_ready(struct unix_ports *ports, int timeout)
{
	int saved = errno;
	int ready;

	if (ports == NULL || ports->in == NULL)
		return up_fail(EBADF);
	ready = up_has_buffered_input(ports->in);
	if (ready == 0)
		ready = up_await_input(ports->descriptor[0], ports->socket,
		    up_deadline(timeout));
	if (ready != -1)
		errno = saved;
	return ready;
}

UP_API UP_COLD int
unix_hang_up(const struct unix_ports *ports)
{
	int saved = errno;
	int fd = up_fileno(ports);

	if (fd == -1)
		return -1;
	if (ports->socket != NULL)
		up_note_end(ports->socket);
	if (up_shutdown(fd, SHUT_RDWR) == -1)
		return -1;
	errno = saved;
	return 0;
}
