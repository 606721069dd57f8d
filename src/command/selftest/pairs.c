/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests guarantees of ports, guarded ports and SIGPIPE. */
#include "selftest.h"

#define PATTERN_BYTES	1000000		/* more than a socket buffers */
#define PATTERN_PERIOD	251		/* divides no buffer size */

void
lines_both_ways(void)
{
	send_text(near, "one\n");
	send_text(far, "two\n");
	expect_text(far, "one\n");
	expect_text(near, "two\n");
}

static void
send_pattern(struct unix_ports *ports)
{
	int i;

	for (i = 0; i < PATTERN_BYTES; i++)
		SUCCEEDS(putc(i % PATTERN_PERIOD, ports->out));
	SUCCEEDS(unix_close_output(ports));
}

static void
expect_pattern(struct unix_ports *ports)
{
	int i, byte;

	for (i = 0; i < PATTERN_BYTES; i++) {
		byte = getc(ports->in);
		if (byte == EOF)
			FAIL("after %d bytes: %s", i, ferror(ports->in) ?
			    strerror(errno) : "end of file");
		if (byte != i % PATTERN_PERIOD)
			FAIL("byte %d is another one", i);
	}
	expect_eof(ports);
}

static void
return_megabyte(void)
{
	expect_pattern(far);
	send_pattern(far);
}

void
megabyte_both_ways(void)
{
	start_thread(return_megabyte, DELAY_MS);
	send_pattern(near);
	expect_pattern(near);
}

void
half_close(void)
{
	send_text(near, "question\n");
	SUCCEEDS(unix_close_output(near));
	expect_text(far, "question\n");
	expect_eof(far);
	send_text(far, "answer\n");
	expect_text(near, "answer\n");
}

static void
write_in_vain(void)
{
	fputs("in vain\n", near->out);
	FAILS_WITH(EPIPE, fflush(near->out));
}

void
closed_input(void)
{
	SUCCEEDS(unix_close_input(far));
	write_in_vain();
	send_text(far, "still there\n");
	expect_text(near, "still there\n");
	unix_close_ports(near);
}

/* fclose(3) alone would return 0 after a failed flush. */
void
dead_peer(void)
{
	SUCCEEDS(unix_close_ports(far));
	write_in_vain();
	expect(unix_close_ports(near) == -1, "unix_close_ports: succeeds");
	expect(options.flags == 0 || errno == EPIPE, strerror(errno));
}

void
buffered_input(void)
{
	expect(unix_input_ready(near, 0) == 0, "reported before input arrives");
	send_text(far, "one\ntwo\n");
	expect_text(near, "one\n");
	expect(unix_input_ready(near, 0) == 1, "the second line is missed");
	expect_text(near, "two\n");
	expect(unix_input_ready(near, 0) == 0, "reported after it was read");
	SUCCEEDS(unix_close_ports(far));
	expect(unix_input_ready(near, 0) == 1, "end of file is missed");
}

static void
hang_up(void)
{
	SUCCEEDS(unix_hang_up(near));
}

void
hang_up_wakes(void)
{
	start_thread(hang_up, DELAY_MS);
	expect_eof(near);
	expect_eof(far);
}

void
fork_sends_once(void)
{
	pid_t process;

	fputs("once\n", near->out);
	process = SUCCEEDS(fork());
	if (process == 0) {
		SUCCEEDS(unix_abandon_ports(near));
		SUCCEEDS(unix_abandon_ports(far));
		_exit(0);
	}
	judge_end(await_process(process));
	SUCCEEDS(unix_close_ports(near));
	expect_text(far, "once\n");
	expect_eof(far);
}

void
close_on_exec(void)
{
	int before = count_descriptors(1);

	open_listener("s", 0);
	SUCCEEDS(unix_connect("s", &options, near));
	SUCCEEDS(unix_accept(listener, far));
	expect(count_descriptors(1) == before, "one would be inherited");
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
	start_thread(answer, 0);
	fputs("question\n", near->out);
	expect_text(near, "answer\n");
}

/* Called by the signal handler, which must not use stdio. */
static void
send_rest_of_line(void)
{
	if (write(unix_fileno(far), "way\n", 4) != 4)
		_exit(STATUS_ERROR);
}

void
signals_while_reading(void)
{
	send_text(far, "half");
	start_storm(send_rest_of_line);
	expect_text(near, "halfway\n");
}

void
signals_while_writing(void)
{
	start_storm(NULL);
	megabyte_both_ways();
}

/* A process that shares a socket can set O_NONBLOCK for all. */
void
nonblocking(void)
{
	SUCCEEDS(fcntl(unix_fileno(near), F_SETFL, O_NONBLOCK));
	SUCCEEDS(fcntl(unix_fileno(far), F_SETFL, O_NONBLOCK));
	megabyte_both_ways();
}

void
read_timeout(void)
{
	long long start = now_ms();

	send_text(far, "half");
	FAILS_WITH(ETIMEDOUT, unix_get_line(near->in, &message, 0));
	expect(now_ms() - start >= options.read_timeout,
	    "it is early");
	send_text(far, "way\n");
	SUCCEEDS(unix_get_line(near->in, &message, 0));
	expect(strcmp(message.bytes, "halfway") == 0, "the first half is lost");
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
 * The peer reads again after the timeout.  If the error were not permanent,
 * later output would follow the lost bytes.
 */
void
write_timeout(void)
{
	long long start;

	do
		start = now_ms();
	while (fputs("0123456789", near->out) != EOF);
	expect(errno == ETIMEDOUT, strerror(errno));
	expect(now_ms() - start >= options.write_timeout,
	    "it is early");
	start_thread(read_digits, 0);
	clearerr(near->out);
	fputs("more", near->out);
	FAILS_WITH(ETIMEDOUT, fflush(near->out));
	FAILS_WITH(ETIMEDOUT, unix_close_ports(near));
}

void
sigpipe_signal(void)
{
	pid_t process;
	int status;

	SUCCEEDS(unix_close_ports(far));
	process = SUCCEEDS(fork());
	if (process == 0) {
		write_in_vain();
		_exit(0);
	}
	status = await_process(process);
	expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE,
	    "no signal");
}

static void
expect_disposition(void (*handler)(int))
{
	struct sigaction action;

	dead_peer();
	SUCCEEDS(sigaction(SIGPIPE, NULL, &action));
	expect(action.sa_handler == handler, "another disposition");
}

void
sigpipe_disposition(void)
{
	expect_disposition(options.sigpipe == UNIX_SIGPIPE_IGNORE ?
	    SIG_IGN : SIG_DFL);
}

static void
do_nothing(int number)
{
	(void)number;
}

void
sigpipe_handler(void)
{
	signal(SIGPIPE, do_nothing);
	make_pair();
	expect_disposition(do_nothing);
}
