/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies between a connection and standard input and output.  One thread for
 * both directions would deadlock with a peer that does not read, or would have
 * to set O_NONBLOCK on descriptors that other processes share.  The main thread
 * shows the rate and enforces the idle limit.
 */
#include "command.h"

#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#define CHECK_MS	250	/* interval of checks for a closed peer */
#define RATE_MS		250	/* interval of the rate */
#define INPUT_GRACE_MS	250	/* for further input after the peer closes */

struct copying {
	const struct relay_options *options;
	struct flow sending;
	struct flow receiving;
	int answer[2];		/* a pipe; EOF when the peer has ended output */
	int ended[2];		/* a pipe; each thread writes its letter */
	int is_idle;		/* the limit is the reason for the end */
};

/* Set for a server that serves one client after the other. */
static int is_input_kept;
static int has_output_error;

#define SENDER		's'
#define RECEIVER	'r'

/*
 * Requests POLLOUT.  With POLLIN, poll(2) would report a half-close as a close.
 * If no event is requested, macOS does not report a close.
 */
static int
is_closed(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLOUT };

	return poll(&one, 1, 0) == 1 &&
	    (one.revents & (POLLHUP | POLLERR)) != 0;
}

/*
 * Specifies that further input belongs to the next peer: a peer that has closed
 * gets none of it, and the grace period also ends a peer that has only
 * half-closed.
 */
void
keep_input(void)
{
	is_input_kept = 1;
}

/* Whether standard output has failed, not the connection. */
int
has_output_failed(void)
{
	return has_output_error;
}

/*
 * Returns 0 if the peer has closed and no input is ready.  Without this wait,
 * read(2) of a terminal would block after the peer has closed.  A program that
 * writes the input gets a grace period, so that the loss of its next bytes is
 * always reported.  The peer may continue to read after its half-close, and
 * poll(2) cannot wait for a full close alone, hence the loop.
 */
static int
wait_input(const struct copying *copying)
{
	struct pollfd fds[2] = {
		{ .fd = copying->sending.from, .events = POLLIN },
		{ .fd = copying->answer[0], .events = POLLIN }
	};
	int grace = isatty(fds[0].fd) ? 0 : INPUT_GRACE_MS;
	int closed, ready;

	while (poll(fds, 2, -1) == -1)
		;
	if (is_input_kept && is_closed(copying->sending.to))
		return 0;
	if (fds[0].revents != 0)
		return 1;
	do {
		closed = is_closed(copying->sending.to);
		if (is_input_kept && closed)
			return 0;
		closed = closed || is_input_kept;
		ready = poll(fds, 1, closed ? grace : CHECK_MS);
	} while (ready == -1 || (ready == 0 && !closed));
	return ready;
}

static void
report_end(const struct copying *copying, char thread)
{
	ssize_t written;

	do
		written = write(copying->ended[1], &thread, 1);
	while (written == -1 && errno == EINTR);
}

/*
 * After an error of the input, the connection is half-closed even if it is to
 * be kept open: the server could otherwise wait for the rest of a request, and
 * the error would not be reported.
 */
static void *
send_input(void *argument)
{
	struct copying *copying = argument;
	struct flow *flow = &copying->sending;

	begin_flow(flow);
	while (wait_input(copying) && move_some(flow) > 0)
		;
	if (!copying->options->keep_open || flow->error != 0)
		shutdown(flow->to, SHUT_WR);
	report_end(copying, SENDER);
	return NULL;
}

/* NFS reports the loss of output, such as on a full disk, in close(2). */
static void *
receive_output(void *argument)
{
	struct copying *copying = argument;
	struct flow *flow = &copying->receiving;

	begin_flow(flow);
	while (move_some(flow) > 0)
		;
	if (close(flow->to) == -1 && flow->error == 0 && flow->bytes > 0) {
		flow->error = errno;
		flow->failed = flow->to;
	}
	has_output_error = flow->error != 0 && flow->failed == STDOUT_FILENO;
	close(copying->answer[1]);
	report_end(copying, RECEIVER);
	return NULL;
}

/*
 * The threads are detached: if a thread is blocked in a read of a terminal,
 * pthread_join(3) would block, too.
 */
static int
start_thread(void *(*run)(void *), struct copying *copying)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, run, copying);

	return error != 0 ? error : pthread_detach(thread);
}

static int
start_threads(struct copying *copying)
{
	int error;

	if (pipe(copying->ended) == -1 || pipe(copying->answer) == -1)
		return errno;
	error = start_thread(send_input, copying);
	return error != 0 ? error : start_thread(receive_output, copying);
}

static void
note_end(struct copying *copying, char thread)
{
	struct flow *flow = thread == SENDER ? &copying->sending :
	    &copying->receiving;

	flow->ended = 1;
}

/* Returns the milliseconds until the next look, -1 for ever, or 0 if idle. */
static int
next_timeout(struct copying *copying)
{
	int left = copying->options->idle_ms == 0 ? -1 : idle_left(
	    &copying->sending, &copying->receiving, copying->options->idle_ms);

	return copying->options->progress && (left == -1 || left > RATE_MS) ?
	    RATE_MS : left;
}

/*
 * If output fails, or if the connection is idle, the command must end although
 * a thread is still blocked, for example in read(2) of a terminal.
 */
static void
wait_for_threads(struct copying *copying)
{
	struct pollfd ended = { .fd = copying->ended[0], .events = POLLIN };
	const struct flow *in = &copying->sending, *out = &copying->receiving;
	int timeout, running = 1;
	char thread;

	while (running) {
		timeout = next_timeout(copying);
		if (poll(&ended, 1, timeout) == 1 &&
		    read(copying->ended[0], &thread, 1) == 1)
			note_end(copying, thread);
		else
			copying->is_idle = timeout == 0;
		running = !copying->is_idle && !(in->ended && out->ended) &&
		    !(out->ended && out->failed == STDOUT_FILENO);
		if (copying->options->progress)
			show_rate(in->bytes, out->bytes, !running);
	}
}

/* If OPTIONS is NULL, none applies. */
int
copy_both(const char *address, const struct unix_ports *ports,
    const struct relay_options *options)
{
	static const struct relay_options none;
	/* Static, since the threads may outlive the call. */
	static struct relay_options given;
	static struct copying copying;
	int fd = unix_fileno(ports), error;

	given = options == NULL ? none : *options;
	given.progress = given.progress && isatty(STDERR_FILENO);
	copying.options = &given;
	copying.sending = (struct flow){ .from = STDIN_FILENO, .to = fd,
	    .timed = given.idle_ms > 0, .active = now_ms(),
	    .failed = -1 };
	copying.receiving = copying.sending;
	copying.receiving.from = fd;
	copying.receiving.to = STDOUT_FILENO;
	begin_rate();
	error = start_threads(&copying);
	if (error != 0)
		return complain(address, error);
	wait_for_threads(&copying);
	return report_outcome(address, &copying.sending, &copying.receiving,
	    &given, copying.is_idle);
}
