/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies between a connection and standard input and output.  One thread for
 * both directions would deadlock with a peer that does not read, or would have
 * to set O_NONBLOCK on descriptors that other processes share.  The main thread
 * shows the rate.
 */
#include "command.h"

#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#define CHECK_MS	250	/* interval of checks for a closed peer */
#define RATE_MS		250	/* interval of the rate */
#define INPUT_GRACE_MS	250	/* for further input after the peer closes */

struct copying {
	struct flow sending;
	struct flow receiving;
	int answer[2];		/* a pipe; EOF when the peer has ended output */
	int ended[2];		/* a pipe; each thread writes its letter */
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

static void *
send_input(void *argument)
{
	struct copying *copying = argument;
	struct flow *flow = &copying->sending;

	begin_flow(flow);
	while (wait_input(copying) && move_some(flow) > 0)
		;
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

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Writes "1.5 MB", for example, to TEXT of 20 bytes. */
static const char *
format_bytes(double bytes, char *text)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	size_t unit = 0;

	while (bytes >= 1000 && unit < COUNT(units) - 1) {
		bytes /= 1000;
		unit++;
	}
	snprintf(text, 20, unit == 0 ? "%.0f %s" : "%.1f %s", bytes,
	    units[unit]);
	return text;
}

/* The last line shows the mean rate, others the rate since the previous one. */
static void
show_rate(unsigned long long sent, unsigned long long received, int last)
{
	static double first_time, last_time;
	static unsigned long long last_sum;
	unsigned long long sum = sent + received;
	double now = seconds(), passed, moved;
	char texts[3][20];

	if (first_time == 0)
		first_time = last_time = now;
	passed = now - (last ? first_time : last_time);
	moved = (double)(last ? sum : sum - last_sum);
	fprintf(stderr, "\r%s sent, %s received, %s/s   %s",
	    format_bytes((double)sent, texts[0]),
	    format_bytes((double)received, texts[1]),
	    format_bytes(passed > 0 ? moved / passed : 0, texts[2]),
	    last ? "\n" : "");
	fflush(stderr);
	last_time = now;
	last_sum = sum;
}

/*
 * If output fails, the command must end although a thread is still blocked in
 * read(2) of a terminal.
 */
static void
wait_for_threads(const struct copying *copying, int verbose)
{
	struct pollfd ended = { .fd = copying->ended[0], .events = POLLIN };
	int running = 2;
	char thread;

	while (running > 0) {
		if (poll(&ended, 1, verbose ? RATE_MS : -1) == 1 &&
		    read(copying->ended[0], &thread, 1) == 1) {
			running--;
			if (thread == RECEIVER &&
			    copying->receiving.failed == STDOUT_FILENO)
				running = 0;
		}
		if (verbose)
			show_rate(copying->sending.bytes,
			    copying->receiving.bytes, running == 0);
	}
}

/*
 * Whether ERROR means that the peer has closed: writes then fail with EPIPE,
 * and reads with ECONNRESET.
 */
static int
is_peer_closed(int error)
{
	return error == EPIPE || error == ECONNRESET;
}

/*
 * Returns 0, or an exit status.  One cause can produce several errors, so only
 * the error nearest to the user is reported.
 */
static int
report_result(const char *address, const struct copying *copying)
{
	const struct flow *in = &copying->sending;
	const struct flow *out = &copying->receiving;

	if (out->error != 0 && out->failed == STDOUT_FILENO)
		return complain("standard output", out->error);
	if (in->error != 0 && in->failed == STDIN_FILENO)
		return complain("standard input", in->error);
	if (is_peer_closed(in->error) || is_peer_closed(out->error))
		return report(address, "the peer closed the connection before "
		    "it received all input");
	if (in->error != 0 || out->error != 0)
		return complain(address, in->error != 0 ? in->error :
		    out->error);
	return 0;
}

int
copy_both(const char *address, const struct unix_ports *ports, int verbose)
{
	/* Static, since the threads may outlive the call. */
	static struct copying copying;
	int fd = unix_fileno(ports), error;

	copying.sending = (struct flow){ .from = STDIN_FILENO, .to = fd,
	    .failed = -1 };
	copying.receiving = (struct flow){ .from = fd, .to = STDOUT_FILENO,
	    .failed = -1 };
	error = start_threads(&copying);
	if (error != 0)
		return complain(address, error);
	wait_for_threads(&copying, verbose && isatty(STDERR_FILENO));
	return report_result(address, &copying);
}
