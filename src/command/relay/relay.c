/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection against standard input and output.  Each direction has a thread
 * that may block: neither waits for the other, and no descriptor that other
 * processes share becomes non-blocking.  The main thread shows the rate.
 */
#include "command.h"

#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#define CHECK_MS	250	/* between two looks at the other side */
#define RATE_MS		250	/* between two lines of the rate */
#define INPUT_GRACE_MS	250	/* for a writer that has more input */

struct copying {
	struct flow sending;
	struct flow receiving;
	int answer[2];		/* a pipe whose EOF is that of the answer */
	int ended[2];		/* a pipe with a byte of each ended thread: */
};

#define SENDER		's'
#define RECEIVER	'r'

/*
 * Whether the other side has ended its reading.  POLLOUT, since macOS reports
 * nothing without a requested event, and POLLIN might report a half-close.
 */
static int
is_closed(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLOUT };

	return poll(&one, 1, 0) == 1 &&
	    (one.revents & (POLLHUP | POLLERR)) != 0;
}

/*
 * 1 if input is ready, or at its EOF.  0 if the other side has closed and there
 * is no input: no byte is lost, and a terminal need not send EOF.  A program
 * that writes input has a short time to write more, so that its loss is always
 * reported.  The other side may read after its answer.  poll(2) cannot wait
 * for the end of that alone, hence the loop.
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
	if (fds[0].revents != 0)
		return 1;
	do {
		closed = is_closed(copying->sending.to);
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

/* At EOF of input the connection is half-closed. */
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

/* At EOF of the answer standard output is closed. */
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
	report_end(copying, RECEIVER);
	return NULL;
}

/* Not joined, since one may block for ever in a read of the terminal. */
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

/* The seconds of a clock that never goes back. */
static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* "1.5 MB" of BYTES, into TEXT of 20. */
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

/*
 * A line that replaces the previous one, with the rate since then; the LAST one
 * has the rate of the whole copy.
 */
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

/* Until both have ended, or standard output has failed. */
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

/* Writing and reading fail in two ways if the other side has closed. */
static int
is_peer_closed(int error)
{
	return error == EPIPE || error == ECONNRESET;
}

/* The error next to the user in one line; 0, or an exit status. */
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
	/* Static, since the threads may outlive the call. */
	static struct copying copying;
	int fd = unix_fileno(ports), error;

	copying.sending = (struct flow){ .from = STDIN_FILENO, .to = fd,
	    .failed = -1 };
	copying.receiving = (struct flow){ .from = fd, .to = STDOUT_FILENO,
	    .failed = -1 };
	error = start_threads(&copying);
	if (error != 0)
		return complain("cannot copy", error);
	wait_for_threads(&copying, verbose && isatty(STDERR_FILENO));
	return report_result(address, &copying);
}
