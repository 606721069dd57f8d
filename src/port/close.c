/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Closing ports: one direction, both, or both without sending.  Whatever
 * fails, everything is released, and the first error is reported.
 */
#include "port.h"

#include <errno.h>

static void
close_one_stream(FILE **stream, int *error)
{
	if (*stream != NULL && fclose(*stream) == EOF && *error == 0)
		*error = errno;
	*stream = NULL;
}

/* The socket of guarded ports, while a stream keeps it. */
static struct unix_socket *
socket_if_open(const struct unix_ports *ports)
{
	return ports->in != NULL || ports->out != NULL ? ports->socket : NULL;
}

static void
end_direction(const struct unix_ports *ports, int how, int *error)
{
	struct unix_socket *socket = socket_if_open(ports);
	int fd = ports->descriptor[how == SHUT_RD ? 0 : 1];

	if (socket != NULL && how != SHUT_RD)
		up_note_end(socket);
	if (up_shutdown(fd, how) == -1 && *error == 0)
		*error = errno;
}

/* The errno of lost output, or 0.  stdio keeps none for plain ports: EIO. */
static int
lost_output(const struct unix_ports *ports)
{
	if (socket_if_open(ports) != NULL)
		return up_lost_output(ports->socket);
	return ports->out != NULL && ferror(ports->out) ? EIO : 0;
}

/*
 * Flush, and discard the output if any was lost.  A libc that keeps the bytes
 * after a failed write would send them after a gap, or after shutdown(2), where
 * the write raises SIGPIPE.  Most libcs drop them, and their next fflush(3) and
 * fclose(3) return 0: the error is reported here.
 */
static void
flush_output(struct unix_ports *ports, int *error)
{
	int lost = fflush(ports->out) == EOF ? errno : lost_output(ports);

	if (lost != 0)
		up_purge_output(ports->out);
	if (*error == 0)
		*error = lost;
}

/*
 * Lost output is reported by every close until the last.  Its errno is kept,
 * negated, in the place of the descriptor that was closed: the structure is
 * the caller's, and has no member to spare.
 */
static void
set_lost_error(struct unix_ports *ports, int error)
{
	ports->descriptor[1] = -error;
}

static int
take_lost_error(struct unix_ports *ports)
{
	int error = ports->out != NULL || ports->descriptor[1] >= 0 ? 0 :
	    -ports->descriptor[1];

	if (error != 0)
		ports->descriptor[1] = 0;
	return error != 0 ? error : lost_output(ports);
}

/* A child of fork(2) may still use the connection: shut down no direction. */
static void
close_quietly(struct unix_ports *ports, int *error)
{
	if (socket_if_open(ports) != NULL)
		up_close_quietly(ports->socket);
	close_one_stream(&ports->out, error);
	close_one_stream(&ports->in, error);
	ports->socket = NULL;
}

UP_API int
unix_close_input(struct unix_ports *ports)
{
	int saved = errno;
	int error = 0;

	if (ports == NULL)
		return up_fail(EINVAL);
	if (ports->in != NULL) {
		end_direction(ports, SHUT_RD, &error);
		close_one_stream(&ports->in, &error);
	}
	return up_result(error, saved);
}

/*
 * shutdown(2) ends the direction: after fclose(3) of a plain `out` the peer
 * would read no EOF, since `in` keeps the socket open.
 */
UP_API int
unix_close_output(struct unix_ports *ports)
{
	int saved = errno;
	int error = 0;

	if (ports == NULL)
		return up_fail(EINVAL);
	if (ports->out != NULL) {
		flush_output(ports, &error);
		end_direction(ports, SHUT_WR, &error);
		close_one_stream(&ports->out, &error);
		if (error != 0)
			set_lost_error(ports, error);
	}
	return up_result(error, saved);
}

int
up_close_ports(struct unix_ports *ports)
{
	int saved = errno;
	int error = 0;

	if (ports->out != NULL)
		flush_output(ports, &error);
	else
		error = take_lost_error(ports);
	close_quietly(ports, &error);
	return up_result(error, saved);
}

UP_API int
unix_close_ports(struct unix_ports *ports)
{
	if (ports == NULL)
		return up_fail(EINVAL);
	return up_close_ports(ports);
}

/*
 * After fork(2) of musl and the BSDs a stream stays locked that another thread
 * of the parent was using: fclose(3) in the child would block for ever, and so
 * would fpurge(3) of the BSDs.  The descriptor is closed, and the stream leaks.
 */
static void
leave_if_stuck(FILE **stream, struct unix_socket *socket)
{
	if (*stream == NULL || !up_is_inherited(socket))
		return;
	if (ftrylockfile(*stream) == 0) {
		funlockfile(*stream);
		return;
	}
	up_close_inherited(socket);
	*stream = NULL;
}

/* Output that is discarded on purpose is not lost. */
int
up_abandon_ports(struct unix_ports *ports)
{
	struct unix_socket *socket = socket_if_open(ports);
	int saved = errno;
	int error;

	if (socket != NULL)
		up_close_unsent_files(socket);
	error = take_lost_error(ports);
	if (socket != NULL) {
		leave_if_stuck(&ports->in, socket);
		leave_if_stuck(&ports->out, socket);
	}
	if (ports->out != NULL)
		up_purge_output(ports->out);
	close_quietly(ports, &error);
	return up_result(error, saved);
}

UP_API int
unix_abandon_ports(struct unix_ports *ports)
{
	if (ports == NULL)
		return up_fail(EINVAL);
	return up_abandon_ports(ports);
}
