/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds programs, and starts them with a socket as standard streams. */
#include "command.h"

#include <sys/stat.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Returns 0 or an errno.  A directory is rejected by its type, since X_OK of a
 * directory is search permission.
 */
static int
check_program(const char *path)
{
	struct stat file;

	if (stat(path, &file) == -1)
		return errno;
	return S_ISREG(file.st_mode) && access(path, X_OK) == 0 ? 0 : EACCES;
}

/* An empty DIRECTORY is the current directory, as POSIX specifies for PATH. */
static char *
join_path(const char *directory, size_t length, const char *name)
{
	size_t size = length + strlen(name) + 2;
	char *path = malloc(size);

	if (path != NULL)
		snprintf(path, size, "%.*s%s%s", (int)length, directory,
		    length > 0 ? "/" : "", name);
	return path;
}

/*
 * The program is searched for once, before the first client.  posix_spawnp(3)
 * would search PATH for each client, and would report a missing program only
 * when a client is accepted.  As in execvp(3), a directory of PATH without
 * search permission is skipped.
 */
char *
find_program(const char *name)
{
	int given = strchr(name, '/') != NULL || *name == '\0';
	const char *directory = given ? "" : getenv("PATH");
	int error, result = ENOENT;
	struct stat file;
	size_t length;
	char *path;

	if (directory == NULL)
		directory = "/usr/bin:/bin";
	for (;; directory += length + 1) {
		length = strcspn(directory, ":");
		path = join_path(directory, length, name);
		if (path == NULL || (error = check_program(path)) == 0)
			return path;
		if (given || (error == EACCES && stat(path, &file) == 0))
			result = error;
		free(path);
		if (directory[length] == '\0')
			break;
	}
	errno = result;
	return NULL;
}

/*
 * execve(2) preserves blocked signals and the ignored SIGPIPE, so both are
 * reset for the program.  Handled signals are reset, too: a handler could
 * otherwise run in the child before execve(2).  If the parent of the command
 * has ignored a signal, the signal remains ignored.
 */
static int
set_signals(posix_spawnattr_t *attributes)
{
	static const int handled[] = { SIGCHLD, SIGHUP, SIGINT, SIGQUIT,
	    SIGTERM };
	struct sigaction action;
	sigset_t none, defaults;
	size_t i;
	int error;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	for (i = 0; i < COUNT(handled); i++)
		if (sigaction(handled[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&defaults, handled[i]);
	error = posix_spawnattr_setflags(attributes,
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	if (error == 0)
		error = posix_spawnattr_setsigmask(attributes, &none);
	return error != 0 ? error :
	    posix_spawnattr_setsigdefault(attributes, &defaults);
}

static int
set_files(posix_spawn_file_actions_t *actions, int fd,
    const struct pidfd *pidfd)
{
	int error = posix_spawn_file_actions_adddup2(actions, fd,
	    STDIN_FILENO);

	if (error == 0)
		error = posix_spawn_file_actions_adddup2(actions, fd,
		    STDOUT_FILENO);
	if (error == 0 && pidfd != NULL && pidfd->fd != -1)
		error = posix_spawn_file_actions_adddup2(actions, pidfd->fd,
		    pidfd->number);
	return error;
}

/*
 * FD must be above 2, and a pidfd must get another number: dup2(2) of a
 * descriptor to itself would keep close-on-exec, and the program would not have
 * it.  PIDFD can be NULL.  On failure returns -1 with the error of fork(2) or
 * execve(2).
 */
pid_t
start_program(const char *path, char *const argv[],
    char *const environment[], int fd, const struct pidfd *pidfd)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	pid_t child;
	int error = posix_spawn_file_actions_init(&actions);

	if (error != 0)
		goto fail;
	error = posix_spawnattr_init(&attributes);
	if (error != 0)
		goto fail_actions;
	if ((error = set_files(&actions, fd, pidfd)) == 0 &&
	    (error = set_signals(&attributes)) == 0)
		error = posix_spawn(&child, path, &actions, &attributes, argv,
		    environment);
	posix_spawnattr_destroy(&attributes);
fail_actions:
	posix_spawn_file_actions_destroy(&actions);
fail:
	errno = error;
	return error == 0 ? child : -1;
}
