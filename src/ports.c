/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports on a connected socket: opening, asking, hanging up. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>

/* FD, a connection, becomes PORTS; on failure it is still the caller's. */
int
up_open_ports(int fd, const struct unix_options *options,
    struct unix_ports *ports)
{
	if (up_sigpipe_socket(fd, options) == -1)
		return -1;
	return (options->flags & UNIX_GUARDED) != 0 ?
	    up_guarded_open(fd, options, ports) : up_plain_open(fd, ports);
}

int
up_socket_option(int fd, int option)
{
	int value;
	socklen_t size = sizeof(value);

	if (getsockopt(fd, SOL_SOCKET, option, &value, &size) == -1)
		return -1;
	return value;
}

/* Whether FD, a stranger's, is a connected stream socket. */
int
up_check_connected(int fd)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);
	int type = up_socket_option(fd, SO_TYPE);

	if (type == -1)
		return -1;
	if (type != SOCK_STREAM) {
		errno = EPROTOTYPE;
		return -1;
	}
	if (up_socket_option(fd, SO_ACCEPTCONN) == 1) {
		errno = EINVAL;
		return -1;
	}
	return getpeername(fd, (struct sockaddr *)&peer, &length);
}

/* What opening changes on a stranger's FD, to be put back on failure. */
struct state {
	int file;
	int descriptor;
	int spared;
};

static int
remember(int fd, struct state *state)
{
	state->file = fcntl(fd, F_GETFL);
	state->descriptor = fcntl(fd, F_GETFD);
	state->spared = up_sigpipe_spared(fd);
	return state->file == -1 || state->descriptor == -1 ||
	    state->spared == -1 ? -1 : 0;
}

static void
restore(int fd, const struct state *state)
{
	int error = errno;

	fcntl(fd, F_SETFL, state->file);
	fcntl(fd, F_SETFD, state->descriptor);
	up_sigpipe_spare(fd, state->spared);
	errno = error;
}

/* FD, which somebody else has connected, becomes PORTS. */
int
up_adopt_ports(int fd, const struct unix_options *options,
    struct unix_ports *ports)
{
	struct state state;

	if (up_check_connected(fd) == -1 || remember(fd, &state) == -1)
		return -1;
	/* TCP would send the bytes, and drop the descriptors silently. */
	if ((options->flags & UNIX_FILES) != 0 && up_family(fd) != AF_UNIX) {
		errno = EINVAL;
		return -1;
	}
	if (fcntl(fd, F_SETFL, state.file & ~O_NONBLOCK) == -1 ||
	    fcntl(fd, F_SETFD, state.descriptor | FD_CLOEXEC) == -1 ||
	    up_open_ports(fd, options, ports) == -1) {
		restore(fd, &state);
		return -1;
	}
	return 0;
}

UP_API int
unix_open_ports(int fd, const struct unix_options *given,
    struct unix_ports *ports)
{
	struct unix_options options;
	int saved = errno;

	if (ports == NULL) {
		errno = EINVAL;
		return -1;
	}
	if (up_options(given, UP_PORTS, &options) == -1 ||
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
	errno = EBADF;
	return -1;
}

UP_API int
unix_fileno(const struct unix_ports *ports)
{
	return up_fileno(ports);
}

UP_API int
unix_input_ready(struct unix_ports *ports, int timeout)
{
	int saved = errno;
	int ready;

	if (ports == NULL || ports->in == NULL) {
		errno = EBADF;
		return -1;
	}
	ready = up_peek(ports->in);
	if (ready == 0)
		ready = up_await_input(ports->descriptor[0], ports->socket,
		    up_deadline(timeout));
	if (ready != -1)
		errno = saved;
	return ready;
}

UP_API int
unix_hang_up(const struct unix_ports *ports)
{
	int saved = errno;
	int fd = up_fileno(ports);

	if (fd == -1)
		return -1;
	if (up_shutdown(fd, SHUT_RDWR) == -1)
		return -1;
	errno = saved;
	return 0;
}
