/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds for both kinds of ports. */
#include "selftest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#define MEGABYTE	1000000
#define DESCRIPTORS	256	/* no check has so many */

static void
lines_both_ways(void)
{
	struct unix_ports pair[2];

	make_pair(pair, NULL);
	tell(&pair[0], "one\n");
	tell(&pair[1], "two\n");
	hear(&pair[1], "one\n");
	hear(&pair[0], "two\n");
	close_pair(pair);
}

static void
return_all(void *what)
{
	struct unix_ports *pair = what;

	succeeds(unix_abandon_ports(&pair[0]), "unix_abandon_ports");
	hear_pattern(&pair[1], MEGABYTE);
	hear_end(&pair[1]);
	tell_pattern(&pair[1], MEGABYTE);
	succeeds(unix_close_ports(&pair[1]), "unix_close_ports");
}

static void
megabyte(void)
{
	struct unix_ports pair[2];
	pid_t peer;

	make_pair(pair, NULL);
	peer = begin_process(return_all, pair);
	succeeds(unix_abandon_ports(&pair[1]), "unix_abandon_ports");
	tell_pattern(&pair[0], MEGABYTE);
	succeeds(unix_close_output(&pair[0]), "unix_close_output");
	hear_pattern(&pair[0], MEGABYTE);
	hear_end(&pair[0]);
	end_well(peer);
	succeeds(unix_close_ports(&pair[0]), "unix_close_ports");
}

static void
end_by_halves(void)
{
	struct unix_ports pair[2];

	make_pair(pair, NULL);
	tell(&pair[0], "question\n");
	succeeds(unix_close_output(&pair[0]), "unix_close_output");
	hear(&pair[1], "question\n");
	hear_end(&pair[1]);
	tell(&pair[1], "answer\n");
	hear(&pair[0], "answer\n");
	close_pair(pair);
}

static void
input_closed(void)
{
	struct unix_ports pair[2];

	signal(SIGPIPE, SIG_IGN);
	make_pair(pair, NULL);
	succeeds(unix_close_input(&pair[0]), "unix_close_input");
	fputs("in vain\n", pair[1].out);
	fails(fflush(pair[1].out), EPIPE, "fflush");
	tell(&pair[0], "still there\n");
	hear(&pair[1], "still there\n");
	unix_close_ports(&pair[1]);
	unix_close_ports(&pair[0]);
	signal(SIGPIPE, SIG_DFL);
}

/* Plain streams alone would say 0: stdio has forgotten it. */
static void
loss_is_told(void)
{
	struct unix_ports pair[2];

	signal(SIGPIPE, SIG_IGN);
	make_pair(pair, NULL);
	succeeds(unix_close_ports(&pair[1]), "unix_close_ports");
	fputs("in vain\n", pair[0].out);
	fails(fflush(pair[0].out), EPIPE, "fflush");
	holds(unix_close_ports(&pair[0]) == -1, "unix_close_ports: succeeds");
	signal(SIGPIPE, SIG_DFL);
}

static void
input_in_buffer(void)
{
	struct unix_ports pair[2];

	make_pair(pair, NULL);
	holds(unix_input_ready(&pair[0], 0) == 0, "input where there is none");
	tell(&pair[1], "one\ntwo\n");
	hear(&pair[0], "one\n");
	holds(unix_input_ready(&pair[0], 0) == 1, "the second line is missed");
	hear(&pair[0], "two\n");
	holds(unix_input_ready(&pair[0], 0) == 0, "input that was read");
	succeeds(unix_close_ports(&pair[1]), "unix_close_ports");
	holds(unix_input_ready(&pair[0], 0) == 1, "end of file is missed");
	succeeds(unix_close_ports(&pair[0]), "unix_close_ports");
}

static void *
hang_up(void *ports)
{
	pause_for(5);
	return unix_hang_up(ports) == 0 ? ports : NULL;
}

static void
hang_up_wakes(void)
{
	struct unix_ports pair[2];
	pthread_t thread;

	make_pair(pair, NULL);
	thread = begin_thread(hang_up, &pair[0]);
	hear_end(&pair[0]);
	hear_end(&pair[1]);
	end_thread(thread);
	close_pair(pair);
}

static void
abandon(void *what)
{
	struct unix_ports *pair = what;

	succeeds(unix_abandon_ports(&pair[0]), "unix_abandon_ports");
	succeeds(unix_abandon_ports(&pair[1]), "unix_abandon_ports");
}

static void
sent_once(void)
{
	struct unix_ports pair[2];

	make_pair(pair, NULL);
	fputs("once\n", pair[0].out);
	end_well(begin_process(abandon, pair));
	succeeds(unix_close_ports(&pair[0]), "unix_close_ports");
	hear(&pair[1], "once\n");
	hear_end(&pair[1]);
	succeeds(unix_close_ports(&pair[1]), "unix_close_ports");
}

static int
count_inherited(void)
{
	int fd, flags, count = 0;

	for (fd = 0; fd < DESCRIPTORS; fd++) {
		flags = fcntl(fd, F_GETFD);
		count += flags != -1 && (flags & FD_CLOEXEC) == 0;
	}
	return count;
}

static void
close_on_exec(void)
{
	int before = count_inherited();
	struct unix_listener *listener;
	struct unix_ports ends[2];

	listener = listen_at("s", NULL);
	meet(listener, "s", ends);
	holds(count_inherited() == before, "one is not");
	close_pair(ends);
	close_listener(listener);
}

static const struct guarantee guarantees[] = {
	{ "lines go both ways", BOTH, lines_both_ways },
	{ "a megabyte goes both ways, every byte in its place", BOTH,
	    megabyte },
	{ "one direction ends, the other goes on", BOTH, end_by_halves },
	{ "who writes to a closed input is told", BOTH, input_closed },
	{ "what was lost is told when closing", BOTH, loss_is_told },
	{ "input that waits in a stream's buffer is seen", BOTH,
	    input_in_buffer },
	{ "hanging up wakes who reads", BOTH, hang_up_wakes },
	{ "after fork output is sent once", BOTH, sent_once },
	{ "descriptors are closed on exec", BOTH, close_on_exec }
};

const struct chapter ports_chapter = CHAPTER("Ports", guarantees);
