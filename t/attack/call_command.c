/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command unixport, which the variable UNIXPORT names: a server of cat(1)
 * for hostile clients, and a client of a hostile server.
 */
#include "attack.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static const char *
command_path(void)
{
	const char *path = getenv("UNIXPORT");

	return path != NULL ? path : "unixport";
}

/* With OUT as standard output; its messages are not those of this program. */
static pid_t
start_command(const char *const argv[], int out)
{
	pid_t child = fork();
	int null;

	need(child != -1, "fork");
	if (child != 0)
		return child;
	null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(out == -1 ? null : out, 1);
	dup2(null, 2);
	execvp(argv[0], (char *const *)(size_t)argv);
	_exit(127);
}

/* A newline on standard output reports that clients can connect. */
static void
set_server(struct scene *scene)
{
	const char *const argv[] = { command_path(), "listen", "-1", "-m",
	    "666", "-c", "8", "-C", scene->attack->traits & EXCEEDS ? "1" :
	    "8", "s", "cat", NULL };
	int ready[2];
	char newline;

	need(pipe2(ready, O_CLOEXEC) == 0, "pipe2");
	scene->command = start_command(argv, ready[1]);
	close(ready[1]);
	errno = ENOENT;
	need(read(ready[0], &newline, 1) == 1, argv[0]);
	close(ready[0]);
	start_attacker(scene, SOCK_STREAM, scene->attack->traits & HOARDS ?
	    HOARDERS : HOSTILE);
	await_attacker(scene);
}

static int
end_command(struct scene *scene)
{
	int status;

	kill(scene->command, SIGHUP);
	need(waitpid(scene->command, &status, 0) == scene->command,
	    "waitpid");
	scene->command = 0;
	return 0;
}

static void
clear_server(struct scene *scene)
{
	if (scene->command != 0)
		end_command(scene);
}

static int
run_serve(struct scene *scene)
{
	return is_served(scene) ? 0 : ETIMEDOUT;
}

static void
set_client(struct scene *scene)
{
	start_hostile_server(scene, SOCK_STREAM);
	await_attacker(scene);
}

static void
clear_client(struct scene *scene)
{
	(void)scene;
	unlink("s");
}

static int
run_connect(struct scene *scene)
{
	const char *const argv[] = { command_path(), "connect", "-w", "0.5",
	    "s", NULL };
	pid_t child = start_command(argv, -1);
	int status;

	(void)scene;
	need(waitpid(child, &status, 0) == child, "waitpid");
	errno = ENOENT;
	need(WIFEXITED(status) && WEXITSTATUS(status) < 2, argv[0]);
	return WEXITSTATUS(status) == 0 ? 0 : ETIMEDOUT;
}

static const struct stage server = { set_server, clear_server, 0 };
static const struct stage client = { set_client, clear_client, 1 };

const struct call command_calls[] = {
	{ "listen, a client", COMMAND_SERVES, &server, run_serve, 0, NULL },
	{ "listen, SIGHUP", COMMAND_STOPS, &server, end_command, 0, NULL },
	{ "connect -w", COMMAND_CONNECTS, &client, run_connect, 0, NULL },
	{ NULL, READS, NULL, NULL, 0, NULL }
};
