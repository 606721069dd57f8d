/* SPDX-License-Identifier: BSD-2-Clause */
/* What guarded ports promise beyond plain ones. */
#include "selftest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define LIMIT		20	/* milliseconds */
#define MUCH		1000000	/* bytes, more than a socket takes */

static struct unix_ports pair[2];

/* A death by SIGPIPE would be seen. */
static void
dead_peer(void)
{
	make_pair(pair, NULL);
	succeeds(unix_close_ports(&pair[1]), "unix_close_ports");
	fputs("hello\n", pair[0].out);
	fails(fflush(pair[0].out), EPIPE, "fflush");
	fails(unix_close_ports(&pair[0]), EPIPE, "unix_close_ports");
}

static void
answer(void *nothing)
{
	(void)nothing;
	succeeds(unix_abandon_ports(&pair[0]), "unix_abandon_ports");
	hear(&pair[1], "question\n");
	tell(&pair[1], "answer\n");
	succeeds(unix_close_ports(&pair[1]), "unix_close_ports");
}

static void
no_flush_needed(void)
{
	pid_t peer;

	make_pair(pair, NULL);
	peer = begin_process(answer, NULL);
	succeeds(unix_abandon_ports(&pair[1]), "unix_abandon_ports");
	fputs("question\n", pair[0].out);
	hear(&pair[0], "answer\n");
	end_well(peer);
	succeeds(unix_close_ports(&pair[0]), "unix_close_ports");
}

/* The rest of a line comes when its reader was disturbed enough. */
static void
send_rest(int number)
{
	static volatile sig_atomic_t signals;
	int saved = errno;

	(void)number;
	if (++signals == 5 && write(unix_fileno(&pair[1]), "way\n", 4) != 4)
		_exit(STATUS_ERROR);
	errno = saved;
}

static void
signals_while_reading(void)
{
	pid_t storm;

	make_pair(pair, NULL);
	tell(&pair[1], "half");
	storm = begin_storm(send_rest);
	hear(&pair[0], "halfway\n");
	end_storm(storm);
	close_pair(pair);
}

/* A peer that reads, in the end. */
static void
drain(void *nothing)
{
	(void)nothing;
	succeeds(unix_abandon_ports(&pair[0]), "unix_abandon_ports");
	pause_for(LIMIT);
	hear_pattern(&pair[1], MUCH);
	hear_end(&pair[1]);
}

static void
write_much(void)
{
	pid_t peer = begin_process(drain, NULL);

	succeeds(unix_abandon_ports(&pair[1]), "unix_abandon_ports");
	tell_pattern(&pair[0], MUCH);
	succeeds(unix_close_ports(&pair[0]), "unix_close_ports");
	end_well(peer);
}

static void
signals_while_writing(void)
{
	pid_t storm;

	storm = begin_storm(do_nothing);
	make_pair(pair, NULL);
	write_much();
	end_storm(storm);
}

/* As a child may set it that shares the socket; of the reader's, too. */
static void
nonblocking(void)
{
	int i;

	make_pair(pair, NULL);
	for (i = 0; i < 2; i++)
		succeeds(fcntl(unix_fileno(&pair[i]), F_SETFL, O_NONBLOCK),
		    "fcntl");
	write_much();
}

static void
read_timeout(void)
{
	const struct unix_options options = { .read_timeout = LIMIT };
	struct unix_buffer line = { 0 };
	long long begin = milliseconds();

	make_pair(pair, &options);
	tell(&pair[1], "half");
	fails(unix_get_line(pair[0].in, &line, 0), ETIMEDOUT,
	    "unix_get_line");
	holds(milliseconds() - begin >= LIMIT, "it is early");
	tell(&pair[1], "way\n");
	succeeds(unix_get_line(pair[0].in, &line, 0), "unix_get_line");
	holds(strcmp(line.bytes, "halfway") == 0, "the first half is lost");
	unix_free_buffer(&line);
	close_pair(pair);
}

static void *
read_to_end(void *ports)
{
	FILE *in = ((struct unix_ports *)ports)->in;
	size_t place = 0;
	int byte;

	while ((byte = getc(in)) != EOF)
		if (byte != (int)(place++ % 10))
			fail("byte %zu comes after a gap", place);
	return NULL;
}

/* Writes until that fails; when the last write began. */
static long long
write_endlessly(void)
{
	char bytes[1000];
	long long begin;
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i % 10);
	do
		begin = milliseconds();
	while (fwrite(bytes, sizeof(bytes), 1, pair[0].out) == 1);
	return begin;
}

/*
 * The first error stays, although the peer reads again: what came after the
 * gap would be taken for what is missing.
 */
static void
nothing_after_a_gap(void)
{
	const struct unix_options options = { .write_timeout = LIMIT };
	pthread_t thread;
	long long begin;

	make_pair(pair, &options);
	begin = write_endlessly();
	holds(errno == ETIMEDOUT, strerror(errno));
	holds(milliseconds() - begin >= LIMIT, "it is early");
	thread = begin_thread(read_to_end, &pair[1]);
	clearerr(pair[0].out);
	fputs("more", pair[0].out);
	fails(fflush(pair[0].out), ETIMEDOUT, "fflush");
	fails(unix_close_ports(&pair[0]), ETIMEDOUT, "unix_close_ports");
	end_thread(thread);
	succeeds(unix_close_ports(&pair[1]), "unix_close_ports");
}

static const struct guarantee guarantees[] = {
	{ "a dead peer raises no signal", GUARDED, dead_peer },
	{ "a question is sent before its answer is read", GUARDED,
	    no_flush_needed },
	{ "signals while reading lose nothing", GUARDED,
	    signals_while_reading },
	{ "signals while writing lose nothing", GUARDED,
	    signals_while_writing },
	{ "O_NONBLOCK that another process sets loses nothing", GUARDED,
	    nonblocking },
	{ "a read timeout is kept, and loses nothing", GUARDED,
	    read_timeout },
	{ "a write timeout is kept, and nothing is sent after the gap",
	    GUARDED, nothing_after_a_gap }
};

const struct chapter guarded_chapter = CHAPTER("Guarded ports", guarantees);
