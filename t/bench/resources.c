/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a measurement must not leave: a second process, the directory of a
 * socket, half a plot.  All are removed at an early end, by an error or by a
 * signal; signals are blocked while one is made and recorded.
 */
#include "bench.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MEASUREMENT_SECONDS	100	/* at most */

static const int handled[] = { SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM };

/* One of each at a time. */
static struct {
	pid_t child;
	char directory[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	struct sockaddr_un socket;	/* in the directory */
	const char *file;		/* NULL: none */
} unfinished;

static void
block_signals(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, before);
}

static void
restore_signals(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}

/* An early end. */

/* Whether the second process has already reported an error. */
static int
kill_child(void)
{
	int status = 0;

	if (unfinished.child == 0)
		return 0;
	kill(unfinished.child, SIGKILL);
	while (waitpid(unfinished.child, &status, 0) == -1 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) != 0;
}

/* Calls only functions that are async-signal-safe. */
static void
remove_files(void)
{
	if (*unfinished.directory != '\0') {
		unlink(unfinished.socket.sun_path);
		rmdir(unfinished.directory);
	}
	if (unfinished.file != NULL)
		unlink(unfinished.file);
}

/*
 * The first thread of the process that ends it continues, with signals blocked.
 * Others would report the end of the child that it kills.
 */
static void
begin_end(void)
{
	static atomic_flag ending = ATOMIC_FLAG_INIT;

	if (atomic_flag_test_and_set(&ending))
		for (;;)
			pause();
}

static void
end_by_signal(int number)
{
	static const char late[] = "bench: a measurement takes too long\n";

	begin_end();
	kill_child();
	remove_files();
	if (number == SIGALRM && write(STDERR_FILENO, late,
	    sizeof(late) - 1) != -1)
		_exit(1);
	signal(number, SIG_DFL);
	raise(number);
}

/*
 * SIGHUP stays ignored under nohup(1).  SIGINT, which a shell ignores for a
 * job in the background, does not.
 */
static void
set_handlers(void (*handler)(int))
{
	struct sigaction action, before;
	size_t i;

	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	sigfillset(&action.sa_mask);
	for (i = 0; i < sizeof(handled) / sizeof(handled[0]); i++)
		if (sigaction(handled[i], NULL, &before) == 0 &&
		    (handled[i] != SIGHUP || before.sa_handler != SIG_IGN))
			sigaction(handled[i], &action, NULL);
}

void
handle_early_ends(void)
{
	set_handlers(end_by_signal);
}

/* An errno of 0 is not printed. */
void
die(const char *object)
{
	int error = errno;
	sigset_t before;

	block_signals(&before);
	begin_end();
	fflush(stdout);
	if (!kill_child())
		fprintf(stderr, "bench: %s%s%s\n",
		    *object != '\0' ? object : "\"\"", error != 0 ? ": " : "",
		    error != 0 ? strerror(error) : "");
	remove_files();
	exit(1);
}

void
need(int condition, const char *object)
{
	if (!condition)
		die(object);
}

/* The second process: a sender or a server. */

pid_t
start_process(void)
{
	sigset_t before;
	pid_t child;

	/* A child would print what is buffered a second time. */
	need(fflush(stdout) == 0, "standard output");
	block_signals(&before);
	child = fork();
	if (child == 0) {
		memset(&unfinished, 0, sizeof(unfinished));
		set_handlers(SIG_DFL);
	} else if (child != -1)
		unfinished.child = child;
	restore_signals(&before);
	need(child != -1, "fork");
	/* If one of the two is killed, the other might wait for ever. */
	alarm(MEASUREMENT_SECONDS);
	return child;
}

/*
 * Reaped with signals blocked: a handler would kill the process that has the
 * same number by then.
 */
static int
reap_child(pid_t child)
{
	sigset_t before;
	int status;

	block_signals(&before);
	need(waitpid(child, &status, 0) == child, "waitpid");
	unfinished.child = 0;
	restore_signals(&before);
	alarm(0);
	errno = 0;
	return status;
}

void
end_process(pid_t child)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	/* Signals are handled here, since the wait can be long. */
	need(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) == 0,
	    "waitid");
	errno = 0;
	need(info.si_code == CLD_EXITED && info.si_status == 0,
	    "the second process failed");
	reap_child(child);
}

/* A server that does not end by itself, and must not have ended. */
void
kill_process(pid_t child)
{
	int status;

	need(kill(child, SIGKILL) == 0, "kill");
	status = reap_child(child);
	need(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
	    "the second process failed");
}

int
process_has_ended(void)
{
	siginfo_t end;

	memset(&end, 0, sizeof(end));
	return waitid(P_PID, (id_t)unfinished.child, &end,
	    WEXITED | WNOHANG | WNOWAIT) == -1 || end.si_pid != 0;
}

/* A name for a socket, in a private directory. */

/* NAME may need all of sun_path. */
void
make_place(struct sockaddr_un *name)
{
	const char *parent = getenv("TMPDIR");
	char path[sizeof(name->sun_path)];
	sigset_t before;
	int length;

	if (parent == NULL || *parent == '\0')
		parent = "/tmp";
	length = snprintf(path, sizeof(path) - 2, "%s/unixport.XXXXXX", parent);
	errno = ENAMETOOLONG;
	need((size_t)length < sizeof(path) - 2, parent);
	block_signals(&before);
	need(mkdtemp(path) != NULL, parent);
	memcpy(unfinished.directory, path, sizeof(path));
	unfinished.socket = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(unfinished.socket.sun_path, path, (size_t)length);
	memcpy(unfinished.socket.sun_path + length, "/s", 2);
	restore_signals(&before);
	*name = unfinished.socket;
}

/* After the removal of the socket. */
void
remove_place(void)
{
	need(rmdir(unfinished.directory) == 0, "rmdir");
	unfinished.directory[0] = '\0';
}

/*
 * A file for output, opened before the long work, so that an error is known
 * early, and written after it.  An early end leaves the contents of a file that
 * existed, and removes a new one.
 */
FILE *
open_output(const char *path)
{
	sigset_t before;
	int fd;

	block_signals(&before);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd != -1)
		unfinished.file = path;
	restore_signals(&before);
	if (fd == -1)
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	return fd == -1 ? NULL : fdopen(fd, "w");
}

/* Returns 0 if all was written, or -1. */
int
finish_output(FILE *file)
{
	int failed = ferror(file);

	if (fclose(file) == EOF || failed)
		return -1;
	unfinished.file = NULL;
	return 0;
}
