/* SPDX-License-Identifier: BSD-2-Clause */
/* Listeners, from unix_listen() to unix_close(). */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Release all that LISTENER has got so far, the file before the socket. */
static int
discard(struct unix_listener *listener)
{
	int result = up_release(&listener->claim);

	up_close(listener->fd);
	up_close(listener->wake[0]);
	up_close(listener->wake[1]);
	free(listener->claim.path);
	free(listener);
	return result;
}

static int
start(struct unix_listener *listener, const struct up_name *name)
{
	const struct unix_options *options = &listener->options;

	if (up_pipe(listener->wake) == -1)
		return -1;
	listener->fd = up_socket();
	if (listener->fd == -1 ||
	    up_set_blocking(listener->fd, 0) == -1 ||
	    up_claim(&listener->claim, listener->fd, name) == -1 ||
	    listen(listener->fd, options->backlog == 0 ? UNIX_BACKLOG :
	    options->backlog) == -1)
		return -1;
	return (options->flags & UNIX_INHERIT) == 0 ? 0 :
	    up_set_inherit(listener->fd, 1);
}

UP_API struct unix_listener *
unix_listen(const char *address, const struct unix_options *given)
{
	struct unix_listener *listener;
	struct unix_options options;
	struct up_name name;
	int saved = errno;
	int error;

	if (up_options(given, UP_LISTEN, &options) == -1 ||
	    up_name(address, options.address_length, &name) == -1)
		return NULL;
	listener = malloc(sizeof(*listener));
	if (listener == NULL)
		return NULL;
	*listener = (struct unix_listener){ .fd = -1, .wake = { -1, -1 },
	    .claim = { .directory = -1 }, .options = options };
	listener->claim.path = strndup(name.address.sun_path,
	    sizeof(name.address.sun_path));
	if (listener->claim.path == NULL || start(listener, &name) == -1) {
		error = errno;
		discard(listener);
		errno = error;
		return NULL;
	}
	errno = saved;
	return listener;
}

UP_API int
unix_listener_fileno(const struct unix_listener *listener)
{
	if (listener == NULL) {
		errno = EINVAL;
		return -1;
	}
	return listener->fd;
}

UP_API const char *
unix_listener_path(const struct unix_listener *listener)
{
	if (listener == NULL) {
		errno = EINVAL;
		return NULL;
	}
	return listener->claim.path;
}

/* A full pipe says it already. */
UP_API int
unix_interrupt(struct unix_listener *listener)
{
	int saved = errno;

	if (listener == NULL) {
		errno = EINVAL;
		return -1;
	}
	if (write(listener->wake[1], "", 1) == -1 && errno != EAGAIN)
		return -1;
	errno = saved;
	return 0;
}

UP_API int
unix_close(struct unix_listener *listener)
{
	int saved = errno;

	if (listener != NULL && discard(listener) == -1)
		return -1;
	errno = saved;
	return 0;
}
