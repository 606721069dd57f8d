/* SPDX-License-Identifier: BSD-2-Clause */
/* What a listener tells of itself, and its interrupt. */
#include "internal.h"

#include <errno.h>
#include <unistd.h>

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
	return listener->path;
}

UP_API int
unix_listener_owns_path(const struct unix_listener *listener)
{
	int saved = errno;
	int owns;

	if (listener == NULL) {
		errno = EINVAL;
		return -1;
	}
	owns = listener->claim.path == NULL ? 1 : up_owns(&listener->claim);
	if (owns != -1)
		errno = saved;
	return owns;
}

/* A full pipe says it already. */
UP_API int
unix_interrupt(struct unix_listener *listener)
{
	int saved = errno;
	ssize_t written;

	if (listener == NULL) {
		errno = EINVAL;
		return -1;
	}
	do
		written = write(listener->wake[1], "", 1);
	while (written == -1 && errno == EINTR);
	if (written == -1 && errno != EAGAIN)
		return -1;
	errno = saved;
	return 0;
}
