/* SPDX-License-Identifier: BSD-2-Clause */
/* SIGPIPE as each policy says. */
#include "selftest.h"

#include <sys/wait.h>
#include <errno.h>
#include <signal.h>

static enum unix_sigpipe policy;

static void
open_to_dead_peer(struct unix_ports pair[2])
{
	const struct unix_options options = { .sigpipe = policy };

	make_pair(pair, &options);
	succeeds(unix_close_ports(&pair[1]), "unix_close_ports");
	fputs("hello\n", pair[0].out);
}

static void
write_to_dead_peer(void *nothing)
{
	struct unix_ports pair[2];

	(void)nothing;
	open_to_dead_peer(pair);
	fails(fflush(pair[0].out), EPIPE, "fflush");
	unix_close_ports(&pair[0]);
}

static void
raises(void)
{
	int status;

	policy = UNIX_SIGPIPE_RAISE;
	status = end_of(begin_process(write_to_dead_peer, NULL));
	holds(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE,
	    "no signal");
}

static void (*
disposition(void))(int)
{
	struct sigaction action;

	succeeds(sigaction(SIGPIPE, NULL, &action), "sigaction");
	return action.sa_handler;
}

static void
ignores(void)
{
	policy = UNIX_SIGPIPE_IGNORE;
	write_to_dead_peer(NULL);
	holds(disposition() == SIG_IGN, "the signal is not ignored");
	signal(SIGPIPE, SIG_DFL);
}

static void
keeps_handler(void)
{
	policy = UNIX_SIGPIPE_IGNORE;
	handle(SIGPIPE, do_nothing);
	write_to_dead_peer(NULL);
	holds(disposition() == do_nothing, "the handler is gone");
	signal(SIGPIPE, SIG_DFL);
}

static void
errs(void)
{
	policy = UNIX_SIGPIPE_ERROR;
	write_to_dead_peer(NULL);
	holds(disposition() == SIG_DFL, "the process was changed");
}

static const struct guarantee guarantees[] = {
	{ "UNIX_SIGPIPE_RAISE: the writer gets the signal", BOTH, raises },
	{ "UNIX_SIGPIPE_IGNORE: EPIPE, the signal is ignored", BOTH,
	    ignores },
	{ "UNIX_SIGPIPE_IGNORE: a handler of the program's stays", BOTH,
	    keeps_handler },
	{ "UNIX_SIGPIPE_ERROR: EPIPE, the process is as it was", BOTH,
	    errs }
};

const struct chapter sigpipe_chapter = CHAPTER("SIGPIPE", guarantees);
