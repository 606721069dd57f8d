/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Privileges.  Each is tried in a child; a test program that lacks one is
 * reported as skipped before its first test.
 */
#include "config.h"

#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "privilege.h"

/* Returns the errno of ATTEMPT in a child, or 0. */
static int
error_of(int (*attempt)(int), int argument)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		dup2(STDERR_FILENO, STDOUT_FILENO);	/* no TAP */
		_exit(attempt(argument) == -1 ? errno : 0);
	}
	if (child == -1 || waitpid(child, &status, 0) == -1)
		return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
}

static void
require(const char *name, int (*attempt)(int), int argument)
{
	int error = error_of(attempt, argument);

	if (error == 0)
		return;
	printf("1..0 # SKIP missing privilege: %s: %s\n", name,
	    strerror(error));
	exit(EXIT_SUCCESS);
}

static int
become_root(int unused)
{
	(void)unused;
	if (geteuid() == 0)
		return 0;
	errno = EPERM;
	return -1;
}

void
require_root(void)
{
	require("root", become_root, 0);
}

void
require_namespaces(int flags, const char *names)
{
	require(names, unshare, flags);
}

static int
open_last_pid(int unused)
{
	(void)unused;
	return open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
}

void
require_choice_of_pids(void)
{
	require("the choice of process IDs", open_last_pid, 0);
}

static int
become_realtime(int unused)
{
	struct sched_param lowest = {
		.sched_priority = sched_get_priority_min(SCHED_FIFO)
	};

	(void)unused;
	return sched_setscheduler(0, SCHED_FIFO, &lowest);
}

void
require_realtime(void)
{
	require("real-time scheduling", become_realtime, 0);
}

static int
open_fuse(int unused)
{
	(void)unused;
	return open("/dev/fuse", O_RDWR | O_CLOEXEC);
}

static int
run_bindfs(int unused)
{
	(void)unused;
	return execlp("bindfs", "bindfs", "--version", (char *)NULL);
}

void
require_fuse(void)
{
	require("FUSE", open_fuse, 0);
	require("the program bindfs", run_bindfs, 0);
}
