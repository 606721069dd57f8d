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
#include <string.h>
#include <unistd.h>

#define SANITIZER_STATUS	99

static const char *
command_path(void)
{
	const char *path = getenv("UNIXPORT");

	return path != NULL ? path : "unixport";
}

/* By default a sanitizer ends its program with 1, as an ordinary error does. */
static void
set_sanitizer_status(void)
{
	static const char *const names[] = { "ASAN_OPTIONS", "LSAN_OPTIONS",
	    "MSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS" };
	char options[1000];
	const char *given;
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		given = getenv(names[i]);
		snprintf(options, sizeof(options), "%s:exitcode=%d",
		    given != NULL ? given : "", SANITIZER_STATUS);
		setenv(names[i], options, 1);
	}
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
	set_sanitizer_status();
	/* nohup(1) ignores it, and the command would, too. */
	signal(SIGHUP, SIG_DFL);
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

/*
 * The exit status, which is LIMIT at most.  It is not collected yet: /proc
 * still has the processor time of the command.
 */
static int
await_command(const struct scene *scene, int limit)
{
	siginfo_t end = { .si_status = -1 };

	need(waitid(P_PID, (id_t)scene->command, &end, WEXITED | WNOWAIT) == 0,
	    "waitid");
	if (end.si_code != CLD_EXITED)
		problem("the command: %s", strsignal(end.si_status));
	else if (end.si_status > limit)
		problem("the command ends with %d", end.si_status);
	return end.si_status;
}

static void
collect_command(struct scene *scene)
{
	need(waitpid(scene->command, NULL, 0) == scene->command, "waitpid");
	scene->command = 0;
}

static int
end_command(struct scene *scene)
{
	kill(scene->command, SIGHUP);
	await_command(scene, 0);
	return 0;
}

/* The command may have ended before. */
static void
clear_server(struct scene *scene)
{
	end_command(scene);
	collect_command(scene);
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
	collect_command(scene);
	unlink("s");
}

static int
run_connect(struct scene *scene)
{
	const char *const argv[] = { command_path(), "connect", "-w", "0.5",
	    "s", NULL };

	scene->command = start_command(argv, -1);
	return await_command(scene, 1) == 0 ? 0 : ETIMEDOUT;
}

static const struct stage server = { set_server, clear_server, 0 };
static const struct stage client = { set_client, clear_client, 1 };

const struct call command_calls[] = {
	{ "listen, a client", COMMAND_SERVES, &server, run_serve, 0, NULL },
	{ "listen, SIGHUP", COMMAND_STOPS, &server, end_command, 0, NULL },
	{ "connect -w", COMMAND_CONNECTS, &client, run_connect, 0, NULL },
	{ NULL, READS, NULL, NULL, 0, NULL }
};
