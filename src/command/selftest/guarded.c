/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests guarantees of guarded ports alone. */
#include "selftest.h"

#define READ_DELAY_MS	20
#define WAY_SIGNAL	5		/* the signal that sends "way" */

/* The default action of SIGPIPE would terminate this process. */
void
dead_peer(void)
{
	SUCCEEDS(unix_close_ports(far));
	fputs("hello\n", near->out);
	FAILS_WITH(EPIPE, fflush(near->out));
	FAILS_WITH(EPIPE, unix_close_ports(near));
}

static void
answer(void)
{
	expect_text(far, "question\n");
	send_text(far, "answer\n");
}

void
flush_before_read(void)
{
	start_thread(answer);
	fputs("question\n", near->out);
	expect_text(near, "answer\n");
}

/* A handler: sends the rest of the line after several interruptions. */
static void
send_rest_of_line(int number)
{
	static volatile sig_atomic_t signals;
	int saved = errno;

	(void)number;
	if (++signals == WAY_SIGNAL &&
	    write(unix_fileno(far), "way\n", 4) != 4)
		_exit(STATUS_ERROR);
	errno = saved;
}

void
signals_while_reading(void)
{
	send_text(far, "half");
	start_storm(send_rest_of_line);
	expect_text(near, "halfway\n");
}

/* The writer has usually filled the socket after the delay. */
static void
read_late(void)
{
	poll(NULL, 0, READ_DELAY_MS);
	expect_pattern(far);
}

static void
send_to_slow_peer(void)
{
	start_thread(read_late);
	send_pattern(near);
	join_threads();
}

void
signals_while_writing(void)
{
	start_storm(do_nothing);
	send_to_slow_peer();
}

/* A process that shares a socket can set O_NONBLOCK for all. */
void
nonblocking(void)
{
	SUCCEEDS(fcntl(unix_fileno(near), F_SETFL, O_NONBLOCK));
	SUCCEEDS(fcntl(unix_fileno(far), F_SETFL, O_NONBLOCK));
	send_to_slow_peer();
}

void
read_timeout(void)
{
	struct unix_buffer line = { 0 };

	start_clock();
	send_text(far, "half");
	FAILS_WITH(ETIMEDOUT, unix_get_line(near->in, &line, 0));
	expect_timeout(options.read_timeout);
	send_text(far, "way\n");
	SUCCEEDS(unix_get_line(near->in, &line, 0));
	expect(strcmp(line.bytes, "halfway") == 0, "the first half is lost");
	unix_free_buffer(&line);
}

static void
read_digits(void)
{
	int i, byte;

	for (i = 0; (byte = getc(far->in)) != EOF; i++)
		if (byte != "0123456789"[i % 10])
			FAIL("byte %d comes after a gap", i);
}

/*
 * Later output would follow the gap if the error were not permanent: the peer
 * reads again.
 */
void
write_timeout(void)
{
	do
		start_clock();
	while (fputs("0123456789", near->out) != EOF);
	expect(errno == ETIMEDOUT, strerror(errno));
	expect_timeout(options.write_timeout);
	start_thread(read_digits);
	clearerr(near->out);
	fputs("more", near->out);
	FAILS_WITH(ETIMEDOUT, fflush(near->out));
	FAILS_WITH(ETIMEDOUT, unix_close_ports(near));
}
