/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Closing ports: one direction, both, or both without sending.  Whatever
 * fails, everything is released, and the first error is reported.
 */
#include "internal.h"

#include <errno.h>

static int
answer(int error, int saved)
{
	errno = error != 0 ? error : saved;
	return error != 0 ? -1 : 0;
}

static void
close_stream(FILE **stream, int *error)
{
	if (*stream != NULL && fclose(*stream) == EOF && *error == 0)
		*error = errno;
	*stream = NULL;
}

/* The peer that is gone already makes this ENOTCONN, which is no error. */
static void
end_direction(int fd, int how, int *error)
{
	if (shutdown(fd, how) == -1 && errno != ENOTCONN && *error == 0)
		*error = errno;
}

/*
 * What output was lost is told by every close until the last: a negative
 * descriptor is its errno.
 */
static void
remember_loss(struct unix_ports *ports, int error)
{
	ports->descriptor[1] = -error;
}

static int
take_loss(struct unix_ports *ports)
{
	int error = ports->out == NULL && ports->descriptor[1] < 0 ?
	    -ports->descriptor[1] : 0;

	if (error != 0)
		ports->descriptor[1] = 0;
	return error;
}

static void
flush_output(FILE *out, int *error)
{
	if (up_plain_flush(out) == -1)
		*error = errno;
}

UP_API int
unix_close_input(struct unix_ports *ports)
{
	int saved = errno;
	int error = 0;

	if (ports == NULL)
		return answer(EINVAL, saved);
	if (ports->in != NULL) {
		end_direction(ports->descriptor[0], SHUT_RD, &error);
		close_stream(&ports->in, &error);
	}
	return answer(error, saved);
}

/* fclose(3) alone would not end it: `in` still holds the socket open. */
UP_API int
unix_close_output(struct unix_ports *ports)
{
	int saved = errno;
	int error = 0;

	if (ports == NULL)
		return answer(EINVAL, saved);
	if (ports->out != NULL) {
		flush_output(ports->out, &error);
		end_direction(ports->descriptor[1], SHUT_WR, &error);
		close_stream(&ports->out, &error);
		if (error != 0)
			remember_loss(ports, error);
	}
	return answer(error, saved);
}

/* No shutdown(2): a child of fork(2) may go on with the connection. */
UP_API int
unix_close_ports(struct unix_ports *ports)
{
	int saved = errno;
	int error;

	if (ports == NULL)
		return answer(EINVAL, saved);
	error = take_loss(ports);
	if (ports->out != NULL)
		flush_output(ports->out, &error);
	close_stream(&ports->out, &error);
	close_stream(&ports->in, &error);
	return answer(error, saved);
}

int
up_abandon_ports(struct unix_ports *ports)
{
	int saved = errno;
	int error = take_loss(ports);

	if (ports->out != NULL) {
		error = ferror(ports->out) ? EIO : 0;
		up_plain_purge(ports->out);
	}
	close_stream(&ports->out, &error);
	close_stream(&ports->in, &error);
	return answer(error, saved);
}

UP_API int
unix_abandon_ports(struct unix_ports *ports)
{
	if (ports == NULL)
		return answer(EINVAL, 0);
	return up_abandon_ports(ports);
}
