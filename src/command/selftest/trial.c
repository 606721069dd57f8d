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
#define SPARE_SECONDS		2	/* for the command to end a check */

static char parent[PATH_MAX];		/* the directory of all checks */
static char room[PATH_MAX + 10];	/* of the current one, in it */
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

static void
remove_tree(const char *path)
{
	nftw(path, remove_one, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
}

/* Returns -1 after a message. */
int
open_trials(int limit_ms)
{
	const char *above = getenv("TMPDIR");

	limit = limit_ms;
	verdict = mmap(NULL, sizeof(*verdict), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANON, -1, 0);
	if (verdict == MAP_FAILED) {
		complain("shared memory", errno);
		return -1;
	}
	hold_signals();
	catch_signals();
	if (above == NULL || *above == '\0')
		above = "/tmp";
	errno = ENAMETOOLONG;
	if ((size_t)snprintf(parent, sizeof(parent), "%s/unixport.XXXXXX",
	    above) >= sizeof(parent) || mkdtemp(parent) == NULL) {
		complain(above, errno);
		return -1;
	}
	sprintf(room, "%s/room", parent);
	return 0;
}

void
close_trials(void)
{
	remove_tree(parent);
}

/* Resets the signals that the command handles: checks expect the defaults. */
static _Noreturn void
be_child(const struct guarantee *guarantee, unsigned kind)
{
	setpgid(0, 0);
	handle_signals(SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	release_signals();
	umask(022);
	/* If the command is killed, alarm(2) ends a check that hangs. */
	alarm((unsigned)limit / 1000 + SPARE_SECONDS);
	SUCCEEDS(mkdir(room, 0700));
	SUCCEEDS(chdir(room));
	note_state();
	make_fixtures(guarantee, kind);
	guarantee->check();
	release_fixtures(guarantee);
	compare_state();
	if (verdict->outcome == SILENT)
		verdict->outcome = HOLDS;
	_exit(0);
}

/* A failed check can leave processes, so the whole group is killed. */
static void
end_child(void)
{
	kill(-child, SIGKILL);
	while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
		;
}

/* The command would not end on a signal: a handler records it. */
static void
end_if_signalled(void)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGTERM };
	size_t i;

	for (i = 0; i < COUNT(numbers); i++)
		if (take_signal(numbers[i])) {
			end_child();
			close_trials();
			handle_signals(SIG_DFL);
			release_signals();
			raise(numbers[i]);
		}
}

/*
 * Waits without a reap.  After a reap, the number of the group could belong to
 * another group, which end_child() would kill.
 */
static void
await_child(void)
{
	long long now, deadline = milliseconds() + limit;
	siginfo_t end = { 0 };

	while (waitid(P_PID, (id_t)child, &end,
	    WEXITED | WNOHANG | WNOWAIT) == -1 || end.si_pid != child) {
		now = milliseconds();
		if (now >= deadline) {
			judge(FAILS, "no end within %g s", limit / 1000.0);
			return;
		}
		wait_signal((int)(deadline - now));
		end_if_signalled();
	}
	judge_end(&end);
	if (verdict->outcome == SILENT)
		judge(FAILS, "it ended early");
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
	} else {
		setpgid(child, child);
		await_child();
		end_child();
		remove_tree(room);
	}
}
