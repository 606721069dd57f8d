/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Closes ports: one direction, both, or both without sending output.  After an
 * error, a call continues until all resources are released, and then reports
 * the first error.
 */
#include "port.h"
#include "os/stdio_lock.h"

#include <errno.h>

static void
close_one_stream(FILE **stream, int *error)
{
	if (*stream != NULL && fclose(*stream) == EOF && *error == 0)
		*error = errno;
	*stream = NULL;
}

/*
 * Returns NULL for plain ports, and if both streams are closed.  fclose(3) of
 * the last stream has then released the socket, and ports->socket dangles.  If
 * `out` is open, `in` is not read: another thread may be closing it.
 */
static struct unix_socket *
socket_if_open(const struct unix_ports *ports)
{
	return ports->out != NULL || ports->in != NULL ? ports->socket : NULL;
}

/*
 * The stream of this direction is open.  PORTS->in and PORTS->out are not read:
 * another thread may be closing the other stream and setting its pointer.
 */
static void
end_direction(const struct unix_ports *ports, int how, int *error)
{
	int fd = ports->descriptor[how == SHUT_RD ? 0 : 1];

	if (ports->socket != NULL && how != SHUT_RD)
		up_note_end(ports->socket);
	if (up_shutdown(fd, how) == -1 && *error == 0)
		*error = errno;
}

/*
 * Returns the errno of lost output, or 0.  For plain ports it is EIO, since
 * stdio records that a write has failed, but not the errno.
 */
static int
lost_output(const struct unix_ports *ports, struct unix_socket *socket)
{
	if (socket != NULL)
		return up_lost_output(socket);
	return ports->out != NULL && ferror(ports->out) ? EIO : 0;
}

/*
 * Flushes `out` for the last time.  The queue is sent before shutdown(2).
 * `out` stays locked, because the tie of another thread uses the queue, too.
 */
static int
flush_last(struct unix_ports *ports)
{
	struct unix_socket *socket = ports->socket;
	int result;

	if (socket == NULL)
		return fflush(ports->out);
	up_lock_stream(ports->out);
	result = fflush(ports->out);
	if (result == 0)
		up_finish_output(socket);
	up_unlock_stream(ports->out);
	return result;
}

/*
 * If output was lost, the output in the buffer is discarded.  After a failed
 * write, some libcs keep it in the buffer.  fclose(3) would then send it after
 * a gap, or after shutdown(2), which raises SIGPIPE.  Other libcs drop it.
 * fclose(3) then succeeds, so the error is reported here.
 */
static void
flush_output(struct unix_ports *ports, int *error)
{
	int lost = flush_last(ports) == EOF ? errno :
	    lost_output(ports, ports->socket);

	if (lost != 0)
		up_purge_output(ports->out);
	if (*error == 0)
		*error = lost;
}

/*
 * unix_close_ports() must also report output that unix_close_output() has lost.
 * The errno is stored, negated, as the number of the closed descriptor, since
 * the ABI of the structure leaves no other place.
 */
static void
set_lost_error(struct unix_ports *ports, int error)
{
	ports->descriptor[1] = -error;
}

static int
take_lost_error(struct unix_ports *ports, struct unix_socket *socket)
{
	int error = ports->out != NULL || ports->descriptor[1] >= 0 ? 0 :
	    -ports->descriptor[1];

	if (error != 0)
		ports->descriptor[1] = 0;
	return error != 0 ? error : lost_output(ports, socket);
}

/* Returns the descriptor of PORTS.  At least one stream must be open. */
static int
number_of(const struct unix_ports *ports)
{
	return ports->descriptor[ports->in != NULL ? 0 : 1];
}

/*
 * Does not call shutdown(2), which would also end the connection for another
 * process, such as a child that still uses the connection.
 */
static void
close_quietly(struct unix_ports *ports, int *error)
{
	if (socket_if_open(ports) != NULL)
		up_close_quietly(ports->socket);
	close_one_stream(&ports->out, error);
	close_one_stream(&ports->in, error);
	ports->socket = NULL;
}

UP_API UP_COLD int
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
 * shutdown(2) ends the direction, so that the peer reads EOF.  fclose(3) of a
 * plain `out` is not sufficient, since `in` keeps the socket open.
 */
UP_API UP_COLD int
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
		error = take_lost_error(ports, socket_if_open(ports));
	close_quietly(ports, &error);
	return up_result(error, saved);
}

UP_API UP_COLD int
unix_close_ports(struct unix_ports *ports)
{
	if (ports == NULL)
		return up_fail(EINVAL);
	return up_close_ports(ports);
}

/*
 * On musl and the BSDs, fork(2) does not release the lock of a stream that
 * another thread of the parent was using.  In the child, fclose(3) and
 * fpurge(3) would block for ever.  If the lock is taken, the descriptor is
 * therefore closed without them, and the memory of the stream is leaked.
 */
static void
leave_if_stuck(FILE **stream, struct unix_socket *socket)
{
	if (*stream == NULL || !up_is_inherited(socket))
		return;
	if (up_try_lock_stream(*stream)) {
		up_unlock_stream(*stream);
		return;
	}
	up_close_inherited(socket);
	*stream = NULL;
}

/*
 * Discards the queue, the descriptors and the buffer.  `out` is locked, because
 * the tie of another thread uses all of them, and a write of another thread the
 * queue.
 */
static void
discard_output(struct unix_ports *ports, struct unix_socket *socket)
{
	FILE *out = ports->out;

	if (out != NULL)
		up_lock_stream(out);
	if (socket != NULL)
		up_drop_unsent(socket);
	if (out != NULL) {
		up_purge_output(out);
		up_unlock_stream(out);
	}
}

/* Reports output that was lost before, not output that it discards. */
int
up_abandon_ports(struct unix_ports *ports)
{
	struct unix_socket *socket = socket_if_open(ports);
	int saved = errno;
	int error;

	if (socket != NULL) {
		leave_if_stuck(&ports->in, socket);
		leave_if_stuck(&ports->out, socket);
	}
	discard_output(ports, socket);
	error = take_lost_error(ports, socket);
	close_quietly(ports, &error);
	return up_result(error, saved);
}

UP_API UP_COLD int
unix_abandon_ports(struct unix_ports *ports)
{
	if (ports == NULL)
		return up_fail(EINVAL);
	return up_abandon_ports(ports);
}

/*
 * Closes a client that is not served.  No other process has this end, so
 * shutdown(2) affects only the client.
 */
void
up_refuse_ports(struct unix_ports *ports)
{
	up_shutdown(number_of(ports), SHUT_RD);
	if (socket_if_open(ports) == NULL)
		up_disarm_unread(number_of(ports));
	up_abandon_ports(ports);
}
