/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One check in a process, and in a directory, of its own, for so long: if it
 * crashes or hangs that is a line, and not the end of us.
 */
#include "selftest.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPEN	8		/* directories at once, while removing */

static struct verdict *verdict;		/* the child has it, too */
static char place[PATH_MAX];		/* ours */
static char room[PATH_MAX + 10];	/* the check's, in it */
static struct itimerval deadline;
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
	nftw(path, remove_one, OPEN, FTW_DEPTH | FTW_PHYS);
}

/* A new directory; 0, or -1, which has been told. */
static int
make_place(void)
{
	const char *parent = getenv("TMPDIR");

	if (parent == NULL || *parent == '\0')
		parent = "/tmp";
	if (strlen(parent) + 20 > sizeof(place)) {
		complain(parent, ENAMETOOLONG);
		return -1;
	}
	sprintf(place, "%s/unixport.XXXXXX", parent);
	if (mkdtemp(place) == NULL) {
		complain(parent, errno);
		return -1;
	}
	sprintf(room, "%s/room", place);
	return 0;
}

/* LIMIT milliseconds are given to each trial. */
int
open_trials(int limit)
{
	deadline.it_value.tv_sec = limit / 1000;
	deadline.it_value.tv_usec = limit % 1000 * 1000L;
	verdict = mmap(NULL, sizeof(*verdict), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANON, -1, 0);
	if (verdict == MAP_FAILED) {
		complain("no memory to share", errno);
		return -1;
	}
	judge_into(verdict);
	hold_signals();
	catch_signals();
	return make_place();
}

void
close_trials(void)
{
	remove_tree(place);
}

/* The signals are those of a program that has just begun. */
static _Noreturn void
be_child(void (*run)(void))
{
	setpgid(0, 0);
	handle_signals(SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	release_signals();
	setitimer(ITIMER_REAL, &deadline, NULL);
	umask(022);
	succeeds(mkdir(room, 0700), "mkdir");
	succeeds(chdir(room), "chdir");
	note_state();
	run();
	compare_state(verdict);
	if (verdict->outcome == SILENT)
		verdict->outcome = HOLDS;
	_exit(0);
}

/* Whoever is left of the check, and the check itself. */
static void
end_child(void)
{
	kill(-child, SIGKILL);
	while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
		;
}

/* A signal means us all. */
static void
heed(int number)
{
	if (!take_signal(number))
		return;
	end_child();
	close_trials();
	handle_signals(SIG_DFL);
	release_signals();
	raise(number);
}

/* Its end, with its number still taken: the group is no stranger's. */
static void
await_child(siginfo_t *end)
{
	for (;;) {
		memset(end, 0, sizeof(*end));
		if (waitid(P_PID, (id_t)child, end,
		    WEXITED | WNOHANG | WNOWAIT) == 0 && end->si_pid == child)
			return;
		wait_signal(-1);
		heed(SIGHUP);
		heed(SIGINT);
		heed(SIGTERM);
	}
}

/* What the check could not say itself. */
static void
speak_for(const siginfo_t *end)
{
	int number = end->si_status;

	/* Its first word tells more than how it ended then. */
	if (verdict->outcome == FAILS ||
	    (verdict->outcome != SILENT && end->si_code == CLD_EXITED))
		return;
	verdict->outcome = FAILS;
	if (end->si_code == CLD_EXITED)
		snprintf(verdict->seen, sizeof(verdict->seen),
		    "it ended with status %d", number);
	else if (number == SIGALRM)
		snprintf(verdict->seen, sizeof(verdict->seen),
		    "no end within %g s", (double)deadline.it_value.tv_sec +
		    (double)deadline.it_value.tv_usec / 1e6);
	else
		snprintf(verdict->seen, sizeof(verdict->seen),
		    "killed by signal %d (%s)", number, strsignal(number));
}

void
try(void (*run)(void), struct verdict *result)
{
	siginfo_t end;

	fflush(stdout);
	memset(verdict, 0, sizeof(*verdict));
	child = fork();
	if (child == 0)
		be_child(run);
	if (child == -1) {
		*result = (struct verdict){ .outcome = FAILS };
		snprintf(result->seen, sizeof(result->seen), "fork: %s",
		    strerror(errno));
		return;
	}
	setpgid(child, child);
	await_child(&end);
	end_child();
	remove_tree(room);
	speak_for(&end);
	*result = *verdict;
}
