/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listeners, from unix_listen() to unix_close() or unix_abandon(): the socket,
 * its descriptor and path, and the process that owns it.
 */
#include "server.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_REFUSING_MS	100	/* for the clients in the queue */

static int
type_of(const struct unix_options *options)
{
	return (options->flags & UNIX_DATAGRAM) != 0 ? SOCK_DGRAM :
	    SOCK_STREAM;
}

/*
 * close(2) of a listener closes the connections in its queue, with all
 * descriptors that clients have passed, and can block.  Each connection is
 * therefore accepted, and up_refuse_connection() closes it without blocking.
 */
static void
refuse_waiting_clients(struct unix_listener *listener)
{
	long long deadline = up_deadline(MAX_REFUSING_MS);
	int place = -1, fd;

	if (up_set_blocking(listener->fd, 0) == -1)
		return;
	while (up_ms_left(deadline) > 0 &&
	    (fd = up_accept(listener->fd, &place)) != -1)
		up_refuse_connection(fd);
}

/*
 * Closes the socket of LISTENER.  Descriptors in its queue can make close(2)
 * block.
 *
 * If the file is kept, the clients in the queue remain there, since another
 * process may serve them.  Those of plain ports remain, too: a client that has
 * sent nothing and is accepted would read EOF instead of ECONNRESET.
 *
 * shutdown(2) is not called, since it affects all processes with this socket.
 */
static void
close_socket(struct unix_listener *listener, int keep_file)
{
	int is_stream = type_of(&listener->options) == SOCK_STREAM;

	if (listener->fd != -1 && !is_stream)
		up_disarm(listener->fd);
	else if (listener->fd != -1 && !keep_file && listener->rights_set &&
	    listener->maker == up_process_number() &&
	    (listener->options.flags & UNIX_GUARDED) != 0 &&
	    up_socket_option(listener->fd, SO_PASSRIGHTS) != 0)
		refuse_waiting_clients(listener);
	up_close(listener->fd);
}

/*
 * Frees LISTENER, which may be incomplete.  The file is removed before the
 * socket is closed; see up_release_claim().  Returns the error of the removal,
 * or 0.
 */
static int
free_listener(struct unix_listener *listener, int keep_file)
{
	int error = up_release_claim(&listener->claim, keep_file);

	/* In a shortage, its number is then free for clients to refuse. */
	up_close(listener->spare);
	close_socket(listener, keep_file);
	up_free_interrupt(&listener->interrupt);
	free(listener->path);
	free(listener);
	return error;
}

static int
is_inherited(const struct unix_listener *listener)
{
	return (listener->options.flags & UNIX_INHERIT) != 0;
}

/*
 * An inherited listener does not refuse descriptors, since the program that
 * inherits it may receive them.
 */
static int
make_socket(struct unix_listener *listener)
{
	listener->fd = up_socket(type_of(&listener->options));
	if (listener->fd == -1 || up_set_blocking(listener->fd, 0) == -1 ||
	    up_sigpipe_socket(listener->fd, &listener->options) == -1)
		return -1;
	if (type_of(&listener->options) == SOCK_DGRAM)
		up_pass_credentials(listener->fd);
	if (is_inherited(listener))
		return up_set_inherit(listener->fd, 1);
	if (type_of(&listener->options) == SOCK_STREAM &&
	    up_limit_accept(listener->fd) == 0)
		listener->may_block = 0;
	listener->rights_set = 1;
	return up_refuse_files(listener->fd, &listener->options);
}

static int
start_listening(struct unix_listener *listener)
{
	int backlog = listener->options.backlog;

	listener->has_default_backlog = backlog == 0;
	return type_of(&listener->options) == SOCK_DGRAM ? 0 :
	    listen(listener->fd, backlog == 0 ? UNIX_BACKLOG : backlog);
}

static int
bind_path(struct unix_listener *listener, const struct up_address *address)
{
	listener->path = up_address_text(address);
	if (listener->path == NULL || make_socket(listener) == -1)
		return -1;
	if (up_claim(&listener->claim, listener->path, &listener->fd,
	    &listener->options) == -1)
		return -1;
	return start_listening(listener);
}

static int
bind_abstract(struct unix_listener *listener, const struct up_address *address)
{
	struct up_name name;

	if (make_socket(listener) == -1 ||
	    up_make_abstract_name(address, &name) == -1 ||
	    bind(listener->fd, (struct sockaddr *)&name.address, name.length)
	    == -1 || start_listening(listener) == -1)
		return -1;
	return up_bound_name(listener->fd, &listener->path);
}

/* Uses a passed socket.  A failure restores its flags. */
static int
adopt_socket(struct unix_listener *listener, const struct up_address *address)
{
	int fd = address->number;
	struct up_flags flags;
	int spared;

	if (up_bound_name(fd, &listener->path) == -1 ||
	    up_save_flags(fd, &flags) == -1 ||
	    (spared = up_nosigpipe(fd)) == -1)
		return -1;
	if (up_set_blocking(fd, 0) == -1 ||
	    up_set_inherit(fd, is_inherited(listener)) == -1 ||
	    up_sigpipe_socket(fd, &listener->options) == -1) {
		up_restore_flags(fd, &flags);
		up_restore_nosigpipe(fd, spared);
		return -1;
	}
	if (type_of(&listener->options) == SOCK_DGRAM)
		up_pass_credentials(fd);
	listener->fd = fd;
	return 0;
}

static int
is_passed(const struct up_address *address)
{
	return address->form == UP_DESCRIPTOR || address->form == UP_SYSTEMD;
}

static int
bind_address(struct unix_listener *listener, const struct up_address *address)
{
	switch (address->form) {
	case UP_PATH:
		return bind_path(listener, address);
	case UP_ABSTRACT:
		return bind_abstract(listener, address);
	default:
		return adopt_socket(listener, address);
	}
}

static struct unix_listener *
new_listener(const struct unix_options *options)
{
	struct unix_listener *listener = malloc(sizeof(*listener));

	if (listener == NULL)
		return NULL;
	*listener = (struct unix_listener){ .fd = -1, .spare = -1,
	    .interrupt = { .pipe = { -1, -1 } }, .may_block = 1,
	    .maker = up_process_number() };
	up_init_claim(&listener->claim);
	listener->options = *options;
	return listener;
}

UP_API UP_COLD struct unix_listener *
unix_listen(const char *text, const struct unix_options *given)
{
	struct unix_listener *listener;
	struct unix_options options;
	struct up_address address;
	int saved = errno;
	int error;

	if (up_read_request(text, given, UP_LISTEN, &address, &options) == -1 ||
	    (is_passed(&address) &&
	    up_find_passed(&address, type_of(&options)) == -1))
		return NULL;
	listener = new_listener(&options);
	if (listener == NULL)
		return NULL;
	if (up_make_interrupt(&listener->interrupt) == -1 ||
	    (type_of(&options) == SOCK_STREAM &&
	    up_add_spare(listener) == -1) ||
	    bind_address(listener, &address) == -1) {
		error = errno;
		free_listener(listener, 0);
		errno = error;
		return NULL;
	}
	errno = saved;
	return listener;
}

UP_API UP_COLD int
unix_close(struct unix_listener *listener)
{
	int saved = errno;
	int error = listener == NULL ? 0 :
	    free_listener(listener, (listener->options.flags & UNIX_KEEP) != 0);

	return up_result(error, saved);
}

UP_API UP_COLD int
unix_abandon(struct unix_listener *listener)
{
	int saved = errno;

	if (listener != NULL)
		(void)free_listener(listener, 1);
	errno = saved;
	return 0;
}

UP_API UP_COLD int
unix_own(struct unix_listener *listener)
{
	int saved = errno;

	if (listener == NULL)
		return up_fail(EINVAL);
	if (up_own_path(&listener->claim) == -1)
		return -1;
	listener->maker = up_process_number();
	errno = saved;
	return 0;
}

UP_API int
unix_listener_fileno(const struct unix_listener *listener)
{
	if (listener == NULL)
		return up_fail(EINVAL);
	return listener->fd;
}

UP_API const char *
unix_listener_path(const struct unix_listener *listener)
{
	if (listener == NULL) {
		errno = EINVAL;
		return NULL;
	}
	return listener->path;
}

UP_API UP_COLD int
unix_listener_owns_path(const struct unix_listener *listener)
{
	int saved = errno;
	int owns;

	if (listener == NULL)
		return up_fail(EINVAL);
	owns = up_owns_path(&listener->claim);
	if (owns != -1)
		errno = saved;
	return owns;
}
