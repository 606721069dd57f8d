/* SPDX-License-Identifier: BSD-2-Clause */
/* What the C library's plain streams do on a socket. */
#include "selftest.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define LIMIT		10000		/* microseconds */

static FILE *stream;
static int peer;		/* its other end */

static void
open_stream(const char *mode)
{
	int ends[2];

	succeeds(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
	stream = fdopen(ends[0], mode);
	succeeds(stream == NULL ? -1 : 0, "fdopen");
	peer = ends[1];
}

static void
send_text(const char *text)
{
	succeeds(write(peer, text, strlen(text)) == -1 ? -1 : 0, "write");
}

static void
buffer(void)
{
	int kept = 0;
	char byte;

	open_stream("w");
	succeeds(fcntl(peer, F_SETFL, O_NONBLOCK), "fcntl");
	for (;; kept++) {
		succeeds(putc('x', stream) == EOF ? -1 : 0, "putc");
		if (read(peer, &byte, 1) == 1)
			break;
	}
	say("%d bytes", kept);
}

/* One stream for both directions; on a socket no seek can part them. */
static void
both_directions(void)
{
	char line[20];

	open_stream("r+");
	send_text("one\ntwo\n");
	shutdown(peer, SHUT_WR);
	succeeds(fgets(line, sizeof(line), stream) == NULL ? -1 : 0, "fgets");
	/* cppcheck-suppress IOWithoutPositioning ; what that does is asked */
	if (fputs("reply\n", stream) == EOF || fflush(stream) == EOF)
		say("a write after a read fails: %s", strerror(errno));
	else
		say(fgets(line, sizeof(line), stream) == NULL ?
		    "a write loses what was read ahead" : "works");
}

static void
error_when_closing(void)
{
	open_stream("w");
	signal(SIGPIPE, SIG_IGN);
	close(peer);
	fputs("lost\n", stream);
	if (fflush(stream) == 0)
		say("not even told by fflush(3)");
	else
		say(fclose(stream) == 0 ? "not told by fclose(3), which returns 0" :
		    "told by fclose(3) too");
}

/* The reader is disturbed, and at last lets go by the end of the line. */
static void
end_line(int number)
{
	static volatile sig_atomic_t signals;

	(void)number;
	if (++signals == 20 && write(peer, "way\n", 4) != 4)
		_exit(STATUS_ERROR);
}

static void
signal_while_reading(void)
{
	char line[20];
	pid_t storm;

	open_stream("r");
	send_text("half");
	storm = begin_storm(end_line);
	if (fgets(line, sizeof(line), stream) != NULL)
		say("loses nothing");
	end_storm(storm);
	clearerr(stream);
	send_text("way\n");
	say(fgets(line, sizeof(line), stream) != NULL &&
	    strcmp(line, "halfway\n") == 0 ?
	    "fgets(3) fails, what it had read is kept" :
	    "fgets(3) fails, what it had read is lost");
}

static void
timeout_while_reading(void)
{
	const struct timeval limit = { .tv_usec = LIMIT };
	char line[20];

	open_stream("r");
	succeeds(setsockopt(fileno(stream), SOL_SOCKET, SO_RCVTIMEO, &limit,
	    sizeof(limit)), "setsockopt");
	send_text("half");
	say(fgets(line, sizeof(line), stream) != NULL ?
	    "fgets(3) returns half a line as a whole one" :
	    "fgets(3) fails, what it had read is lost");
}

static const struct fact facts[] = {
	{ "buffer of a stream", buffer },
	{ "one \"r+\" stream", both_directions },
	{ "a failed write", error_when_closing },
	{ "a signal while reading", signal_while_reading },
	{ "SO_RCVTIMEO", timeout_while_reading }
};

const struct facts stdio_facts = FACTS(facts);
