/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: operations on open ports, and their end. */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

#define ANSWER_TIMEOUT_MS	3000	/* for an immediate answer */

/* More than a buffer, and so little that the socket is writable after it. */
#define STREAM_BYTES	((size_t)30000)
#define BUFFER_BYTES	((size_t)20000)

static char text[STREAM_BYTES + 1];
static char bytes[STREAM_BYTES + 1];
static pid_t echo;

/* Makes a new pair.  The old one can report lost output again. */
static void
renew_pair(void)
{
	unix_abandon_ports(&pair[0]);
	unix_abandon_ports(&pair[1]);
	make_pair();
}

/* Writing. */

static void
prepare_write(void)
{
	memset(text, 'w', STREAM_BYTES);
	options.buffer_size = guarded ? BUFFER_BYTES : 0;
	make_pair();
}

static void
prepare_timed_write(void)
{
	options.write_timeout = 10000;
	prepare_write();
}

static int
call_write(void)
{
	return fputs(text, pair[0].out) == EOF ||
	    fflush_unlocked(pair[0].out) == EOF ? -1 : 0;
}

/* After an error no byte is sent, and closing reports the error again. */
static int
write_again(int error)
{
	need(call_write() == -1 && errno == error);
	need(unix_close_ports(&pair[0]) == -1 && errno == error);
	renew_pair();
	return call_write();
}

static void
expect_text(void)
{
	need(fread(bytes, 1, STREAM_BYTES, pair[1].in) == STREAM_BYTES);
	need(strcmp(bytes, text) == 0);
}

/* Writing without a wait: the queue holds output, and the buffer more. */

static size_t queued_bytes;

static void
write_text(void)
{
	need(fputs(text, pair[0].out) != EOF);
	queued_bytes += STREAM_BYTES;
}

static void
fill_queue(void)
{
	queued_bytes = 0;
	do
		write_text();
	while (unix_flush(&pair[0]) == 0);
	write_text();
}

static void
prepare_flush(void)
{
	memset(text, 'w', STREAM_BYTES);
	options.write_timeout = -1;
	make_pair();
	fill_queue();
}

static int
call_flush(void)
{
	return unix_flush(&pair[0]) == -1 ? -1 : 0;
}

/*
 * The queue is dropped with the first error, and closing reports it again.  If
 * fflush(3) alone has failed, all output must arrive.
 */
static int
flush_again(int error)
{
	if (call_flush() == 0)
		return 0;
	need(errno == error);
	need(unix_close_ports(&pair[0]) == -1 && errno == error);
	renew_pair();
	fill_queue();
	return call_flush();
}

static void
expect_queued(void)
{
	for (; queued_bytes > 0; queued_bytes -= STREAM_BYTES) {
		need(call_flush() == 0);
		expect_text();
	}
	need(unix_flush(&pair[0]) == 0);
}

/* Reading: the question is buffered, and the tie sends it. */

static void
echo_line(int fd)
{
	char line[100];
	ssize_t n;

	alarm(20);
	n = read(fd, line, sizeof(line));
	if (n <= 0 || write(fd, line, (size_t)n) != n)
		_exit(1);
	/* Does not exit yet, since EOF would be input, too. */
	while (read(fd, line, sizeof(line)) > 0)
		;
	_exit(0);
}

static void
start_echo(void)
{
	make_pair();
	echo = fork();
	need(echo != -1);
	if (echo == 0) {
		unix_abandon_ports(&pair[0]);
		echo_line(unix_fileno(&pair[1]));
	}
	need(unix_close_ports(&pair[1]) == 0);
}

static void
end_echo(void)
{
	need(waitpid(echo, NULL, 0) == echo);
}

/* If the tie fails to send the question, the read must end. */
static void
prepare_read(void)
{
	options.read_timeout = guarded ? ANSWER_TIMEOUT_MS : 0;
	start_echo();
	need(fputs("question\n", pair[0].out) != EOF);
	if (!guarded)
		need(fflush(pair[0].out) == 0);
}

static int
call_read(void)
{
	return fgets(bytes, sizeof(bytes), pair[0].in) == NULL ? -1 : 0;
}

static int
read_again(int error)
{
	if (error == ETIMEDOUT) {
		need(unix_close_ports(&pair[0]) == -1);
		end_echo();
		prepare_read();
	}
	clearerr(pair[0].in);
	return call_read();
}

static void
expect_answer(void)
{
	need(strcmp(bytes, "question\n") == 0);
}

static void
clean_echo(void)
{
	unix_abandon_ports(&pair[0]);
	end_echo();
}

static int
call_input_ready(void)
{
	int ready = unix_input_ready(&pair[0], ANSWER_TIMEOUT_MS);

	if (ready == 0)
		errno = ETIMEDOUT;
	return ready == 1 ? 0 : -1;
}

static int
input_ready_again(int error)
{
	if (error == ETIMEDOUT) {
		need(unix_close_ports(&pair[0]) == -1);
		end_echo();
		prepare_read();
	}
	return call_input_ready();
}

static void
expect_readable(void)
{
	need(fgets(bytes, sizeof(bytes), pair[0].in) != NULL);
	expect_answer();
}

/* Ends. */

static void
prepare_end(void)
{
	make_pair();
	need(fputs("last words\n", pair[0].out) != EOF);
}

static int
call_hang_up(void)
{
	return unix_hang_up(&pair[0]);
}

static int
call_close_input(void)
{
	return unix_close_input(&pair[0]);
}

static int
call_close_output(void)
{
	return unix_close_output(&pair[0]);
}

static int
call_close_ports(void)
{
	return unix_close_ports(&pair[0]);
}

static int
call_abandon_ports(void)
{
	return unix_abandon_ports(&pair[0]);
}

static int
call_close_streams(void)
{
	int error = 0;

	if (pair[0].out != NULL && fclose(pair[0].out) == EOF)
		error = errno;
	if (pair[0].in != NULL && fclose(pair[0].in) == EOF && error == 0)
		error = errno;
	pair[0].in = pair[0].out = NULL;
	if (error != 0)
		errno = error;
	return error == 0 ? 0 : -1;
}

/* After an error the last words may be missing, but no other bytes arrive. */
static void
expect_words(void)
{
	if (fgets(bytes, sizeof(bytes), pair[1].in) == NULL)
		need(failed);
	else
		need(strcmp(bytes, "last words\n") == 0);
}

static void
expect_end(void)
{
	need(fgets(bytes, sizeof(bytes), pair[1].in) == NULL);
	need(feof(pair[1].in));
}

static void
expect_words_and_end(void)
{
	if (shared->fired)	/* this direction may not have ended */
		unix_abandon_ports(&pair[0]);
	expect_words();
	expect_end();
}

/* Only the input was closed; `out` is open. */
static void
expect_output(void)
{
	need(pair[0].in == NULL && pair[0].out != NULL);
	say(pair[0].out, "more\n");
	need(unix_close_ports(&pair[0]) == 0);
	expect_line(pair[1].in, "last words\n");
	expect_line(pair[1].in, "more\n");
}

/* Hangs up again, since the peer was connected in spite of ENOTCONN. */
static void
expect_hung_up(void)
{
	need(call_hang_up() == 0);
	need(fgets(bytes, sizeof(bytes), pair[1].in) == NULL);
	need(fgets(bytes, sizeof(bytes), pair[0].in) == NULL);
}

static void
clean_end(void)
{
	unix_abandon_ports(&pair[0]);
	unix_abandon_ports(&pair[1]);
}

static int
call_peer(void)
{
	struct unix_peer peer;

	memset(&peer, 0x5a, sizeof(peer));
	if (unix_peer(&pair[0], &peer) == 0) {
		need(peer.pid == getpid() && peer.uid == geteuid());
		return 0;
	}
	need(peer.pid == 0x5a5a5a5a);
	return -1;
}

static int process;

static int
call_peer_process(void)
{
	process = unix_peer_process(&pair[0]);
	return process == -1 ? -1 : 0;
}

static void
close_process(void)
{
	if (process != -1)
		need(close(process) == 0);
}

static int
call_peer_in_group(void)
{
	int result = unix_peer_in_group(&pair[0], getegid() + 1);

	need(result <= 0);
	return result;
}

#define END(call, finish) \
	{ #call, BOTH, CHANGES, prepare_end, call_##call, NULL, finish, \
	    clean_end }

const struct scenario streams[] = {
	{ "write", BOTH, CHANGES | STDIO, prepare_write, call_write,
	    write_again,
	    expect_text, end_pair },
	{ "write_timed", GUARDED, CHANGES, prepare_timed_write, call_write,
	    write_again, expect_text, end_pair },
	{ "flush", GUARDED, CHANGES, prepare_flush, call_flush, flush_again,
	    expect_queued, end_pair },
	{ "read", BOTH, CHANGES | STDIO, prepare_read, call_read, read_again,
	    expect_answer, clean_echo },
	{ "input_ready", BOTH, CHANGES, prepare_read, call_input_ready,
	    input_ready_again, expect_readable, clean_echo },
	{ "peer", BOTH, 0, make_pair, call_peer, NULL, nothing, end_pair },
	{ "peer_process", BOTH, 0, make_pair, call_peer_process, NULL, close_process,
	    end_pair },
	{ "peer_in_group", BOTH, 0, make_pair, call_peer_in_group, NULL,
	    nothing, end_pair },
	{ "hang_up", BOTH, 0, make_pair, call_hang_up, NULL, expect_hung_up,
	    end_pair },
	END(close_input, expect_output),
	END(close_output, expect_words_and_end),
	END(close_ports, expect_words_and_end),
	END(close_streams, expect_words_and_end),
	END(abandon_ports, expect_end),
	{ .name = NULL }
};
