/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket of guarded ports, which both streams share.  The last stream
 * closes the descriptor.  It removes the number from the socket under a lock
 * first: otherwise another thread could use a number that the system has
 * assigned anew.  The last holder frees the memory.
 */
#include "guarded.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int
is_set(const struct unix_options *options, unsigned flag)
{
	return (options->flags & flag) != 0;
}

void
up_discard_socket(struct unix_socket *socket)
{
	int saved = errno;

	up_drop_queue(socket);
	up_free_files(socket);
	up_destroy_lock(&socket->lock);
	if (socket->buffers != NULL)
		up_return_buffers(socket->buffers, socket->buffer_size);
	free(socket);
	errno = saved;
}

struct unix_socket *
up_new_socket(int fd, const struct unix_options *options)
{
	struct unix_socket *socket = malloc(sizeof(*socket));

	if (socket == NULL)
		return NULL;
	*socket = (struct unix_socket){ .fd = fd, .holders = 2, .streams = 2,
	    .maker = up_process_number(), .forks = up_fork_count(),
	    .tied = !is_set(options, UNIX_UNTIED),
	    .sigpipe = options->sigpipe, .read_timeout = options->read_timeout,
	    .write_timeout = options->write_timeout,
	    .output_limit = options->output_limit != 0 ?
	    options->output_limit : UNIX_OUTPUT_LIMIT,
	    .buffer_size = options->buffer_size != 0 ? options->buffer_size :
	    UP_BUFFER_SIZE };
	up_make_lock(&socket->lock);
	socket->buffers = up_take_buffers(socket->buffer_size);
	if (socket->buffers == NULL || (is_set(options, UNIX_FILES) &&
	    (socket->files = up_new_files(socket->buffers +
	    2 * up_stride(socket->buffer_size))) == NULL)) {
		up_discard_socket(socket);
		return NULL;
	}
	return socket;
}

/*
 * Returns 1 if, as far as we know, no other process has the descriptor.  The
 * caller needs the answer only if descriptors can arrive.
 */
static int
is_unshared(struct unix_socket *socket)
{
	return !socket->exposed && !up_is_inherited(socket) &&
	    socket->forks == up_fork_count() && up_can_receive_files(socket);
}

/* Close the descriptor, and forget its number before another file gets it. */
int
up_close_socket(struct unix_socket *socket)
{
	int unshared = is_unshared(socket);
	int fd;

	socket->ended = 1;
	up_lock(&socket->lock);
	fd = socket->fd;
	socket->fd = -1;
	up_unlock(&socket->lock);
	/* Without the lock: close(2) may wait for what the peer has passed. */
	return fd != -1 && up_close_connection(fd, unshared) == -1 &&
	    errno != EINTR ? -1 : 0;
}

/* The last holder frees SOCKET. */
void
up_release_socket(struct unix_socket *socket)
{
	if (atomic_fetch_sub(&socket->holders, 1) == 1)
		up_discard_socket(socket);
}

/* shutdown(2), locked against another thread that closes the descriptor. */
int
up_shutdown_socket(struct unix_socket *socket, int how)
{
	int result = 0;

	if (how != SHUT_RD)
		socket->ended = 1;
	up_lock(&socket->lock);
	if (socket->fd != -1)
		result = up_shutdown(socket->fd, how);
	up_unlock(&socket->lock);
	return result;
}

/*
 * Returns 1 if our descriptor is closed.  Also returns 1 if our output was shut
 * down and the peer has closed its socket or shut down its output.
 */
int
up_is_finished(struct unix_socket *socket)
{
	struct pollfd peer = { .events = 0 };
	int over = 1;

	if (!socket->ended)
		return 0;
	up_lock(&socket->lock);
	peer.fd = socket->fd;
	if (peer.fd != -1)
		over = poll(&peer, 1, 0) == 1 && (peer.revents & POLLHUP) != 0;
	up_unlock(&socket->lock);
	return over;
}

/* Close the descriptors of SOCKET, whose stream cannot be closed. */
void
up_close_inherited(struct unix_socket *socket)
{
	up_close(socket->fd);
	up_drop_queue(socket);
	up_free_files(socket);
	socket->fd = -1;
}

/* The errno of output that was not sent, or 0. */
int
up_lost_output(struct unix_socket *socket)
{
	if (socket->error != 0)
		return socket->error;
	return socket->files != NULL && socket->files->unsent > 0 ? EIO : 0;
}

/*
 * The deadline is locked, not atomic: some 32-bit processors have no atomic
 * access to 8 bytes, and the compiler would call libatomic.
 */
void
up_set_deadline(struct unix_socket *socket, long long deadline)
{
	up_lock(&socket->lock);
	socket->deadline = deadline;
	socket->has_deadline = deadline != UP_NEVER;
	up_unlock(&socket->lock);
}

long long
up_lock_and_get_deadline(struct unix_socket *socket)
{
	long long deadline;

	up_lock(&socket->lock);
	deadline = socket->deadline;
	up_unlock(&socket->lock);
	return deadline;
}
