/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a check in a process and a directory of its own, for a limited time.
 * Otherwise a crash or a hang of the library would prevent further checks.
 */
#include "selftest.h"

#include <sys/mman.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>

#define OPEN_DIRECTORIES	8	/* of nftw(3) */
#define SIGNAL_NUMBERS		32
#define SPARE_SECONDS		2	/* for the command to end a check */

static char parent[PATH_MAX];		/* the directory of all checks */
static int limit;			/* milliseconds for a check */
static pid_t child;

static int
remove_one(const char *path, const struct stat *file, int type,
    struct FTW *where)
{
	(void)file;
	(void)type;
	(void)where;
	return remove(path);
}

void
remove_trials(void)
{
	nftw(parent, remove_one, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
}

/* Checks expect the default actions, and the caller may ignore signals. */
static void
reset_signals(void)
{
	int i;

	for (i = 1; i < SIGNAL_NUMBERS; i++)
		signal(i, SIG_DFL);
	release_signals();
}

static int
are_signals_reset(void)
{
	struct sigaction action;
	sigset_t mask;
	int i;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (i = 1; i < SIGNAL_NUMBERS; i++)
		if (sigismember(&mask, i) == 1 ||
		    (sigaction(i, NULL, &action) == 0 &&
		    action.sa_handler != SIG_DFL))
			return 0;
	return 1;
}

static _Noreturn void
be_child(const struct guarantee *guarantee, unsigned kind)
{
	char room[] = "XXXXXX";
	int *remains = verdict->remains, descriptors;

	setpgid(0, 0);
	reset_signals();
	umask(022);
	/* If the command is killed, alarm(2) ends a check that hangs. */
	alarm((unsigned)limit / 1000 + SPARE_SECONDS);
	SUCCEEDS(chdir(parent));
	SUCCEEDS(mkdtemp(room) == NULL ? -1 : chdir(room));
	descriptors = count_descriptors(0);
	make_fixtures(guarantee, kind);
	guarantee->check();
	release_fixtures();
	remains[OPEN_DESCRIPTORS] = count_descriptors(0) != descriptors;
	remains[FILES] = chdir("..") == -1 || rmdir(room) == -1;
	remains[SIGNALS] = !are_signals_reset();
	verdict->complete = 1;
	_exit(0);
}

/* A failed check can leave processes, so the whole group is killed. */
static void
end_child(void)
{
	int status = 0;

	kill(-child, SIGKILL);
	while (waitpid(child, &status, 0) == -1 && errno == EINTR)
		;
	judge_end(status);
}

/* A handler, which runs only inside wait_signal(), where every call is safe. */
static void
end_by_signal(int number)
{
	if (number == SIGCHLD)
		return;
	end_child();
	remove_trials();
	handle_signals(SIG_DFL);
	release_signals();
	raise(number);
}

/*
 * Waits for the end of the child without reaping it.  After waitpid(2), the
 * number of the group could belong to another group, which end_child() would
 * kill.
 */
static void
await_child(void)
{
	long long left, deadline = now_ms() + limit;
	siginfo_t end = { 0 };

	for (;;) {
		waitid(P_PID, (id_t)child, &end, WEXITED | WNOHANG | WNOWAIT);
		if (end.si_pid == child)
			return;
		left = deadline - now_ms();
		if (left <= 0)
			break;
		wait_signal((int)left);
	}
	judge(FAILS, "no end within %g s", limit / 1000.0);
}

/* Returns an exit status, after a message if it is not 0. */
int
open_trials(int limit_ms)
{
	const char *above = getenv("TMPDIR");

	limit = limit_ms;
	verdict = mmap(NULL, sizeof(*verdict), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANON, -1, 0);
	if (verdict == MAP_FAILED)
		return complain("shared memory", errno);
	hold_signals();
	handle_signals(end_by_signal);
	if (above == NULL || *above == '\0')
		above = "/tmp";
	errno = ENAMETOOLONG;
	if ((size_t)snprintf(parent, sizeof(parent), "%s/unixport.XXXXXX",
	    above) >= sizeof(parent) || mkdtemp(parent) == NULL)
		return complain(above, errno);
	return 0;
}

void
try(const struct guarantee *guarantee, unsigned kind)
{
	fflush(stdout);
	memset(verdict, 0, sizeof(*verdict));
	child = fork();
	if (child == 0)
		be_child(guarantee, kind);
	if (child == -1) {
		judge(FAILS, "fork: %s", strerror(errno));
		return;
	}
	setpgid(child, child);
	await_child();
	end_child();
	if (!verdict->complete)
		judge(FAILS, "it ended early");
}
