/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection against standard input and output.  Each direction has a
 * thread that blocks as it likes: so neither waits for the other, whatever
 * is full, and no descriptor that others hold is made non-blocking.
 */
#include "command.h"

#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#define PERIOD	250		/* milliseconds between two looks */
#define GRACE	250		/* milliseconds for a writer to go on */

struct copying {
	struct flow sending;
	struct flow receiving;
	int answer[2];		/* a pipe that ends with the answer */
	int bell[2];		/* a byte from each thread at its end: */
};

#define SENT		's'
#define RECEIVED	'r'

/*
 * Whether the other side reads no more.  POLLOUT: macOS tells nothing to who
 * asks for nothing, and POLLIN might take half an end for the whole.
 */
static int
is_closed(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLOUT };

	return poll(&one, 1, 0) == 1 &&
	    (one.revents & (POLLHUP | POLLERR)) != 0;
}

/*
 * 1 when input waits.  0 when the other side has gone and none comes: then
 * nothing is lost, and whoever types need not end his input.  A program that
 * writes to us is given a moment, or chance would tell whether all was taken.
 * After its answer the other side may go on reading; poll(2) cannot wait for
 * the end of that alone.
 */
static int
wait_input(const struct copying *copying)
{
	struct pollfd fds[2] = {
		{ .fd = copying->sending.from, .events = POLLIN },
		{ .fd = copying->answer[0], .events = POLLIN }
	};
	int grace = isatty(fds[0].fd) ? 0 : GRACE;
	int closed, ready;

	while (poll(fds, 2, -1) == -1)
		;
	if (fds[0].revents != 0)
		return 1;
	do {
		closed = is_closed(copying->sending.to);
		ready = poll(fds, 1, closed ? grace : PERIOD);
	} while (ready == -1 || (ready == 0 && !closed));
	return ready;
}

static void
ring(const struct copying *copying, char what)
{
	ssize_t done;

	do
		done = write(copying->bell[1], &what, 1);
	while (done == -1 && errno == EINTR);
}

/* The end of input is told to the other side, whose answer goes on. */
static void *
send_input(void *argument)
{
	struct copying *copying = argument;
	struct flow *flow = &copying->sending;

	begin_flow(flow);
	while (wait_input(copying) && move_some(flow) > 0)
		;
	shutdown(flow->to, SHUT_WR);
	ring(copying, SENT);
	return NULL;
}

/* And the end of the answer to who reads our output. */
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
	close(copying->answer[1]);
	ring(copying, RECEIVED);
	return NULL;
}

/* Nobody joins them: one may block for ever in a read of the terminal. */
static int
start_thread(void *(*run)(void *), struct copying *copying)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, run, copying);

	return error != 0 ? error : pthread_detach(thread);
}

static int
start(struct copying *copying)
{
	int error;

	if (pipe(copying->bell) == -1 || pipe(copying->answer) == -1)
		return errno;
	error = start_thread(send_input, copying);
	return error != 0 ? error : start_thread(receive_output, copying);
}

/* Until both have ended, or who reads our output has gone. */
static void
wait_end(const struct copying *copying, int verbose)
{
	struct pollfd bell = { .fd = copying->bell[0], .events = POLLIN };
	int running = 2;
	char what;

	while (running > 0) {
		if (poll(&bell, 1, verbose ? PERIOD : -1) == 1 &&
		    read(copying->bell[0], &what, 1) == 1) {
			running--;
			if (what == RECEIVED &&
			    copying->receiving.failed == STDOUT_FILENO)
				running = 0;
		}
		if (verbose)
			show_rate(copying->sending.bytes,
			    copying->receiving.bytes, running == 0);
	}
}

/* The other side has closed: writing and reading tell it in two ways. */
static int
is_gone(int error)
{
	return error == EPIPE || error == ECONNRESET;
}

/* One line for what came first on the way to the user, or 0. */
static int
verdict(const char *address, const struct copying *copying)
{
	const struct flow *in = &copying->sending;
	const struct flow *out = &copying->receiving;

	if (out->error != 0 && out->failed == STDOUT_FILENO)
		return complain("standard output", out->error);
	if (in->error != 0 && in->failed == STDIN_FILENO)
		return complain("standard input", in->error);
	if (is_gone(in->error) || is_gone(out->error))
		return report(address, "the other side closed the connection "
		    "before it had taken all input");
	if (in->error != 0 || out->error != 0)
		return complain(address, in->error != 0 ? in->error :
		    out->error);
	return 0;
}

int
copy_both(const char *address, const struct unix_ports *ports, int verbose)
{
	/* The threads may outlive the call; the process ends after it. */
	static struct copying copying;
	int fd = unix_fileno(ports), error;

	copying.sending = (struct flow){ .from = STDIN_FILENO, .to = fd,
	    .failed = -1 };
	copying.receiving = (struct flow){ .from = fd, .to = STDOUT_FILENO,
	    .failed = -1 };
	error = start(&copying);
	if (error != 0)
		return complain("cannot copy", error);
	wait_end(&copying, verbose && isatty(STDERR_FILENO));
	return verdict(address, &copying);
}
