/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds facts about streams of the C library on a socket. */
#include "selftest.h"

#include <sys/time.h>

#define RECEIVE_TIMEOUT_US	10000
#define WAY_SIGNAL		20	/* the signal that sends "way" */

static char line[20];

static int
gets_line(FILE *stream)
{
	return fgets(line, sizeof(line), stream) != NULL;
}

void
stream_buffer(void)
{
	int kept = -1;
	char byte;

	SUCCEEDS(fcntl(unix_fileno(far), F_SETFL, O_NONBLOCK));
	do {
		kept++;
		SUCCEEDS(putc('x', near->out));
	} while (read(unix_fileno(far), &byte, 1) != 1);
	SAY("%d bytes", kept);
}

/* ISO C requires a seek between input and output; sockets cannot seek. */
void
two_way_stream(void)
{
	FILE *stream = fdopen(dup(unix_fileno(near)), "r+");

	if (stream == NULL) {
		FAIL("%s", "fdopen");
		return;
	}
	send_text(far, "one\ntwo\n");
	SUCCEEDS(unix_close_output(far));
	expect(gets_line(stream), "fgets");
	/* cppcheck-suppress IOWithoutPositioning ; tested here */
	if (fputs("reply\n", stream) == EOF || fflush(stream) == EOF)
		SAY("a write after a read fails: %s", strerror(errno));
	else
		SAY("%s", gets_line(stream) ? "works" :
		    "a write loses the input that was read ahead");
	fclose(stream);
}

void
failed_write(void)
{
	SUCCEEDS(unix_close_ports(far));
	fputs("lost\n", near->out);
	if (fflush(near->out) == 0)
		SAY("not even reported by fflush(3)");
	else
		SAY("%s", fclose(near->out) == 0 ?
		    "not reported by fclose(3), which returns 0" :
		    "reported by fclose(3) too");
	near->out = NULL;
}

/* A handler: sends the end of the line after many interruptions. */
static void
end_line(int number)
{
	static volatile sig_atomic_t signals;

	(void)number;
	if (++signals == WAY_SIGNAL &&
	    write(unix_fileno(far), "way\n", 4) != 4)
		_exit(STATUS_ERROR);
}

void
signal_while_reading(void)
{
	int whole;

	send_text(far, "half");
	start_storm(end_line);
	whole = gets_line(near->in);
	stop_storm();
	clearerr(near->in);
	send_text(far, "way\n");
	SAY("%s", whole ? "loses nothing" :
	    gets_line(near->in) && strcmp(line, "halfway\n") == 0 ?
	    "fgets(3) fails, and the partial line is kept" :
	    "fgets(3) fails, and the partial line is lost");
}

void
receive_timeout(void)
{
	const struct timeval limit = { .tv_usec = RECEIVE_TIMEOUT_US };

	SUCCEEDS(setsockopt(unix_fileno(near), SOL_SOCKET, SO_RCVTIMEO,
	    &limit, sizeof(limit)));
	send_text(far, "half");
	SAY("%s", gets_line(near->in) ?
	    "fgets(3) returns half a line as a whole one" :
	    "fgets(3) fails, and the partial line is lost");
}
