/* SPDX-License-Identifier: BSD-2-Clause */
/* unixport pair: connects the standard streams of two programs. */
#include "command.h"

#include <sys/wait.h>
#include <errno.h>
#include <signal.h>
#include <string.h>

extern char **environ;

static pid_t children[2] = { -1, -1 };

/*
 * Sends a signal to both programs.  If the signal ended only the command, both
 * programs would continue to run.
 */
static void
forward(int number)
{
	int saved = errno;
	int i;

	for (i = 0; i < 2; i++)
		if (children[i] > 0)
			kill(children[i], number);
	errno = saved;
}

/*
 * A terminal sends SIGINT and SIGQUIT to the command and both programs.  The
 * command does nothing and waits, since a program can handle the signal and
 * exit with a status of its own, which the command reports.
 */
static void
keep_waiting(int number)
{
	(void)number;
}

/*
 * Ignored signals remain ignored, as nohup(1) and the background jobs of a
 * shell require.  In the programs, execve(2) resets the handlers.
 */
static void
set_handler(int number, void (*handler)(int))
{
	struct sigaction action;

	if (sigaction(number, NULL, &action) == -1 ||
	    action.sa_handler == SIG_IGN)
		return;
	action = (struct sigaction){ .sa_handler = handler,
	    .sa_flags = SA_RESTART };
	sigaction(number, &action, NULL);
}

static void
set_handlers(void)
{
	set_handler(SIGHUP, forward);
	set_handler(SIGTERM, forward);
	set_handler(SIGINT, keep_waiting);
	set_handler(SIGQUIT, keep_waiting);
}

/*
 * Returns the status of the program that failed first.  If a signal killed this
 * program, the status is 128 plus the number of the signal, as in a shell.
 * Other children are skipped: the process can have had children before the
 * execve(2) of the command.
 */
static int
wait_all(void)
{
	int running = (children[0] > 0) + (children[1] > 0);
	int status, result = 0;
	pid_t ended;

	while (running > 0) {
		ended = waitpid(-1, &status, 0);
		if (ended == -1 && errno != EINTR)
			return complain("wait", errno);
		if (ended == -1 ||
		    (ended != children[0] && ended != children[1]))
			continue;
		children[ended == children[1]] = -1;
		running--;
		if (result == 0)
			result = WIFSIGNALED(status) ?
			    128 + WTERMSIG(status) : WEXITSTATUS(status);
	}
	return result;
}

/*
 * Signals are blocked until both programs have started, since forward() cannot
 * reach a program whose process ID is not yet stored.  If the second program
 * cannot start, the first is terminated: it would have no peer.
 */
static int
start_both(char **argv[2], char *const paths[2],
    const struct unix_ports ends[2])
{
	sigset_t all, before;
	int i, status = 0;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	set_handlers();
	for (i = 0; i < 2 && status == 0; i++) {
		children[i] = start_program(paths[i], argv[i], environ,
		    unix_fileno(&ends[i]), NULL);
		if (children[i] == -1)
			status = complain(argv[i][0], errno);
	}
	if (status != 0)
		forward(SIGTERM);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

static int
run_both(char **argv[2], char *const paths[2])
{
	struct unix_ports ends[2];
	int status, ended;

	if (unix_pair(NULL, ends) == -1)
		return complain("socket pair", errno);
	status = start_both(argv, paths, ends);
	unix_close_ports(&ends[0]);
	unix_close_ports(&ends[1]);
	ended = wait_all();
	return status != 0 ? status : ended;
}

static int
run_pair(int argc, char *argv[])
{
	char **both[2];
	static char *paths[2];
	int i;

	next_option(&pair_command, argc, argv);
	both[0] = argv + optind;
	for (i = optind; i < argc && strcmp(argv[i], "--") != 0; i++)
		;
	if (i == optind || i + 1 >= argc)
		return misused(&pair_command,
		    "two commands separated by -- are required");
	argv[i] = NULL;
	both[1] = argv + i + 1;
	for (i = 0; i < 2; i++) {
		paths[i] = find_program(both[i][0]);
		if (paths[i] == NULL)
			return complain(both[i][0], errno);
	}
	return run_both(both, paths);
}

const struct command pair_command = {
	.name = "pair",
	.usage = "COMMAND [ARG...] -- COMMAND [ARG...]",
	.help =
	"Executes both commands, connects the standard output of each to the "
	"standard\ninput of the other, and waits for both.  The exit status is "
	"that of the command\nthat failed first.\n",
	.options = &no_options,
	.run = run_pair
};
