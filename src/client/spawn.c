/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts programs whose standard input and output are a connection. */
#include "client.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

extern char **environ;

/*
 * execve(2) preserves the signal mask and ignored signals, so both are reset
 * for the child.  Most programs rely on SIGPIPE to end them, and a blocked
 * SIGTERM could not terminate them.
 */
static int
set_signals(posix_spawnattr_t *attributes)
{
	sigset_t none, pipe;
	int error;

	sigemptyset(&none);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	error = posix_spawnattr_setflags(attributes,
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	if (error == 0)
		error = posix_spawnattr_setsigmask(attributes, &none);
	return error != 0 ? error :
	    posix_spawnattr_setsigdefault(attributes, &pipe);
}

/*
 * FD must be above 1.  dup2(2) of 0 or 1 to itself would keep close-on-exec,
 * and execve(2) would close the descriptor.
 */
static int
set_standard_files(posix_spawn_file_actions_t *actions, int fd)
{
	int error = posix_spawn_file_actions_adddup2(actions, fd,
	    STDIN_FILENO);

	return error != 0 ? error :
	    posix_spawn_file_actions_adddup2(actions, fd, STDOUT_FILENO);
}

/*
 * Returns 0 or an errno.  posix_spawn(3) also returns the error of execve(2).
 * With fork(2), the child would have to send this error through a pipe.
 */
static int
spawn_child(char *const argv[], int fd, pid_t *child)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error = posix_spawn_file_actions_init(&actions);

	if (error != 0)
		return error;
	error = posix_spawnattr_init(&attributes);
	if (error == 0) {
		error = set_standard_files(&actions, fd);
		if (error == 0)
			error = set_signals(&attributes);
		if (error == 0)
			error = posix_spawnp(child, argv[0], &actions,
			    &attributes, argv, environ);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

/* Opens PORTS on one end of a new connection and returns the other end. */
static int
open_pair(const struct unix_options *options, struct unix_ports *ports)
{
	int ends[2];

	if (up_socketpair(ends) == -1)
		return -1;
	if (up_open_ports(ends[0], options, ports) == -1) {
		up_close(ends[0]);
		up_close(ends[1]);
		return -1;
	}
	return ends[1];
}

UP_API UP_COLD pid_t
unix_spawn(char *const argv[], const struct unix_options *given,
    struct unix_ports *ports)
{
	struct unix_options options;
	struct unix_ports made;
	int saved = errno;
	pid_t child;
	int fd, error;

	if (argv == NULL || argv[0] == NULL || ports == NULL)
		return up_fail(EINVAL);
	if (up_read_options(given, UP_PORTS, &options) == -1 ||
	    (fd = open_pair(&options, &made)) == -1)
		return -1;
	error = spawn_child(argv, fd, &child);
	up_close(fd);
	if (error != 0) {
		up_abandon_ports(&made);
		return up_fail(error);
	}
	up_sigpipe_process(options.sigpipe);
	*ports = made;
	errno = saved;
	return child;
}
