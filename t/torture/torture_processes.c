/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: children, and servers with their threads. */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

#define CLIENTS	2

static pid_t child;
static int aside[2];
static struct unix_serve_options serve_options;

/* Children. */

static int
call_spawn(void)
{
	char *argv[] = { (char[]){ "cat" }, NULL };

	child = unix_spawn(argv, &options, &ports);
	return child == -1 ? -1 : 0;
}

static void
expect_echo(void)
{
	int status;

	say(ports.out, "there and back\n");
	need(unix_close_output(&ports) == 0);
	expect_line(ports.in, "there and back\n");
	need(unix_close_ports(&ports) == 0);
	need(waitpid(child, &status, 0) == child && status == 0);
}

/* Standard input and output are closed, so a socket can get their numbers. */
static void
prepare_low(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		need((aside[i] = fcntl(i, F_DUPFD_CLOEXEC, 10)) != -1);
		close(i);
	}
}

static void
clean_low(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		need(dup2(aside[i], i) == i);
		close(aside[i]);
	}
}

/* Servers: two clients, then an interrupt. */

static int
ask(int fd)
{
	char bytes[10];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	close(fd);
	return n == 4 && memcmp(bytes, "yes\n", 4) == 0;
}

/*
 * The exit status of this process is the number of answers.  A handler that
 * fails may have closed before the client writes.
 */
static void
be_clients(void)
{
	int fd[CLIENTS], i, answers = 0;

	alarm(20);
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < CLIENTS; i++) {
		fd[i] = raw_client("s");
		(void)!write(fd[i], "who?\n", 5);
	}
	for (i = 0; i < CLIENTS; i++)
		answers += ask(fd[i]);
	unix_interrupt(listener);
	_exit(answers);
}

static void
prepare_serve(void)
{
	listener = unix_listen("s", &options);
	need(listener != NULL);
	need((child = fork()) != -1);
	if (child == 0)
		be_clients();
}

static void
prepare_fair(void)
{
	pthread_attr_t attributes;

	/* glibc reuses the stacks that it keeps only at the same size. */
	need(pthread_attr_init(&attributes) == 0);
	need(pthread_attr_getstacksize(&attributes,
	    &serve_options.stack_size) == 0);
	pthread_attr_destroy(&attributes);
	serve_options.clients_per_user = CLIENTS;
	prepare_serve();
}

static void
answer(struct unix_ports *client, void *context)
{
	static char reply[] = "yes\n";
	struct unix_buffer line = { .bytes = NULL };

	(void)context;
	if (unix_get_line(client->in, &line, 0) == 1)
		fputs(reply, client->out);
	unix_free_buffer(&line);
}

static int
call_serve(void)
{
	return unix_serve(listener, answer, NULL, &serve_options);
}

static void
expect_answers(void)
{
	int status;

	need(waitpid(child, &status, 0) == child);
	need(WIFEXITED(status));
	need(WEXITSTATUS(status) >= CLIENTS - client_lost);
}

static void
clean_serve(void)
{
	need(unix_close(listener) == 0);
}

const struct scenario processes[] = {
	{ "spawn", BOTH, 0, nothing, call_spawn, NULL, expect_echo, nothing },
	{ "spawn_low", BOTH, 0, prepare_low, call_spawn, NULL, expect_echo,
	    clean_low },
	{ "serve", GUARDED, THREADS, prepare_serve, call_serve, NULL,
	    expect_answers, clean_serve },
	{ "serve_fair", GUARDED, THREADS, prepare_fair, call_serve, NULL,
	    expect_answers, clean_serve },
	{ .name = NULL }
};
