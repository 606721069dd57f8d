/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs that talk over a socket as their standard input and output. */
#include "command.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 0 when it is one, else an errno. */
static int
check_program(const char *path)
{
	struct stat file;

	if (stat(path, &file) == -1)
		return errno;
	return S_ISREG(file.st_mode) && access(path, X_OK) == 0 ? 0 : EACCES;
}

/* DIRECTORY/NAME, or NAME itself where the directory is empty. */
static char *
join(const char *directory, size_t length, const char *name)
{
	size_t size = length + strlen(name) + 2;
	char *path = malloc(size);

	if (path != NULL)
		snprintf(path, size, "%.*s%s%s", (int)length, directory,
		    length > 0 ? "/" : "", name);
	return path;
}

/*
 * The path of program NAME, looked up once and not for every client; NULL
 * with errno when there is none.  A directory of PATH that is closed to us
 * is passed over.
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
		path = join(directory, length, name);
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
 * That we ignore SIGPIPE and block others is no matter of the program's, and
 * what we handle is not to meet our handler before exec(2), for whom it is
 * not meant.  What was ignored before us stays so.
 */
static int
set_signals(posix_spawnattr_t *attributes)
{
	static const int handled[] = { SIGCHLD, SIGHUP, SIGINT, SIGQUIT,
	    SIGTERM };
	struct sigaction action;
	sigset_t none, usual;
	size_t i;
	int error;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	for (i = 0; i < COUNT(handled); i++)
		if (sigaction(handled[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&usual, handled[i]);
	error = posix_spawnattr_setflags(attributes,
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	if (error == 0)
		error = posix_spawnattr_setsigmask(attributes, &none);
	return error != 0 ? error :
	    posix_spawnattr_setsigdefault(attributes, &usual);
}

static int
set_files(posix_spawn_file_actions_t *actions, int fd)
{
	int error = posix_spawn_file_actions_adddup2(actions, fd,
	    STDIN_FILENO);

	return error != 0 ? error :
	    posix_spawn_file_actions_adddup2(actions, fd, STDOUT_FILENO);
}

/*
 * Start the program with FD, which is none of 0, 1 and 2, as its standard
 * input and output.  Returns it, or -1 with errno, that of exec too.
 */
pid_t
start_program(const char *path, char *const argv[],
    char *const environment[], int fd)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	pid_t child;
	int error = posix_spawn_file_actions_init(&actions);

	if (error == 0) {
		error = posix_spawnattr_init(&attributes);
		if (error == 0) {
			error = set_files(&actions, fd);
			if (error == 0)
				error = set_signals(&attributes);
			if (error == 0)
				error = posix_spawn(&child, path, &actions,
				    &attributes, argv, environment);
			posix_spawnattr_destroy(&attributes);
		}
		posix_spawn_file_actions_destroy(&actions);
	}
	errno = error;
	return error == 0 ? child : -1;
}

/* What a shell would make of it: 128 and the number of a signal. */
int
exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
	    WEXITSTATUS(status);
}
