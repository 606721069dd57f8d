/* SPDX-License-Identifier: BSD-2-Clause */
/* Steps that checks share: text, time, processes and descriptors. */
#include "selftest.h"

#include <time.h>

#define PATTERN_BYTES	1000000		/* above a socket's room */
#define PATTERN_PERIOD	251		/* divides no buffer size */
#define MAX_DESCRIPTORS	256		/* above those of any check */

void
send_text(struct unix_ports *ports, const char *text)
{
	SUCCEEDS(fputs(text, ports->out));
	SUCCEEDS(fflush(ports->out));
}

static const char *
read_error(const struct unix_ports *ports)
{
	return ferror(ports->in) ? strerror(errno) : "end of file";
}

/* TEXT is one line. */
void
expect_text(struct unix_ports *ports, const char *text)
{
	char line[200];

	if (fgets(line, sizeof(line), ports->in) == NULL)
		FAIL("fgets: %s", read_error(ports));
	expect(strcmp(line, text) == 0, "another line than was sent");
}

void
expect_eof(struct unix_ports *ports)
{
	expect(getc(ports->in) == EOF, "more input, and not its end");
	if (ferror(ports->in))
		FAIL("no end of file: %s", strerror(errno));
}

void
send_pattern(struct unix_ports *ports)
{
	int i;

	for (i = 0; i < PATTERN_BYTES; i++)
		SUCCEEDS(putc(i % PATTERN_PERIOD, ports->out));
	SUCCEEDS(unix_close_output(ports));
}

void
expect_pattern(struct unix_ports *ports)
{
	int i, byte;

	for (i = 0; i < PATTERN_BYTES; i++) {
		byte = getc(ports->in);
		if (byte == EOF)
			FAIL("after %d bytes: %s", i, read_error(ports));
		if (byte != i % PATTERN_PERIOD)
			FAIL("byte %d is another one", i);
	}
	expect_eof(ports);
}

long long
milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static long long started;

void
start_clock(void)
{
	started = milliseconds();
}

void
expect_timeout(int ms)
{
	expect(milliseconds() - started >= ms, "it is early");
}

pid_t
fork_process(void (*run)(void))
{
	pid_t process = SUCCEEDS(fork());

	if (process == 0) {
		run();
		_exit(0);
	}
	return process;
}

void
await_process(pid_t process, siginfo_t *end)
{
	while (waitid(P_PID, (id_t)process, end, WEXITED) == -1)
		expect(errno == EINTR, "the process is lost");
}

void
expect_clean_end(pid_t process)
{
	siginfo_t end;

	await_process(process, &end);
	judge_end(&end);
}

/* signal(3) of the BSDs and glibc would set SA_RESTART, which hides EINTR. */
void
handle(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	SUCCEEDS(sigaction(number, &action, NULL));
}

void
do_nothing(int number)
{
	(void)number;
}

/* Counts all descriptors, or those that a program would inherit. */
int
count_descriptors(int inherited)
{
	int fd, flags, count = 0;

	for (fd = 0; fd < MAX_DESCRIPTORS; fd++) {
		flags = fcntl(fd, F_GETFD);
		count += flags != -1 &&
		    (!inherited || (flags & FD_CLOEXEC) == 0);
	}
	return count;
}
