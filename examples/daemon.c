/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daemon ADDRESS: reply to each line with the generation of the server and the
 * line.  It listens in the foreground, where errors reach the user, and serves
 * in the background.  SIGHUP replaces the running program by the present
 * version of its file, and no client is refused in between; SIGTERM ends the
 * service.  It shows unix_own(3) and unix_abandon(3), and a listener that
 * survives exec(3).
 *
 *	daemon app.sock
 *	echo hello | unixport connect app.sock
 *	kill -HUP PID
 */
#define _DEFAULT_SOURCE	/* POSIX and syslog(3), with -std=c11 too */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>
#include <unixport.h>

static struct unix_listener *listener;
static volatile sig_atomic_t reason;	/* the signal that ends the service */

static void
stop(int number)
{
	if (reason != SIGTERM)
		reason = number;
	unix_interrupt(listener);
}

static void
answer(struct unix_ports *client, void *generation)
{
	struct unix_buffer line = { .bytes = NULL };

	while (unix_get_line(client->in, &line, 1000) == 1)
		fprintf(client->out, "%d %s\n", *(int *)generation,
		    line.bytes);
	unix_free_buffer(&line);
}

/* The parent returns to the shell; the child has no terminal any more. */
static void
enter_background(const char *address)
{
	pid_t child = fork();
	int null;

	if (child == -1) {
		perror("daemon: fork");
		unix_close(listener);
		exit(1);
	}
	if (child != 0) {
		unix_abandon(listener);
		printf("daemon: process %ld serves %s\n", (long)child, address);
		exit(fflush(stdout) == EOF ? 1 : 0);
	}
	setsid();
	/* EINVAL: an abstract name has no file. */
	if (unix_own(listener) == -1 && errno != EINVAL) {
		perror("daemon: own");
		exit(1);
	}
	null = open("/dev/null", O_RDWR);
	if (null == -1 || dup2(null, 0) == -1 || dup2(null, 1) == -1 ||
	    dup2(null, 2) == -1)
		syslog(LOG_WARNING, "/dev/null: %s", strerror(errno));
	if (null > 2)
		close(null);
}

/* The handler must run only while the listener exists. */
static void
handle_signals(int how)
{
	struct sigaction action = { .sa_handler = stop,
	    .sa_flags = SA_RESTART };
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGTERM);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigprocmask(how, &signals, NULL);
}

/* Clients that connect in between wait in the queue of the socket. */
static void
run_next(char *program, int generation)
{
	char address[20], number[20];

	snprintf(address, sizeof(address), "fd:%d",
	    unix_listener_fileno(listener));
	snprintf(number, sizeof(number), "%d", generation);
	execlp(program, program, address, number, (char *)NULL);
	syslog(LOG_ERR, "%s: %s; the service ends", program, strerror(errno));
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .flags = UNIX_GUARDED | UNIX_INHERIT };
	int generation = argc == 3 ? (int)strtol(argv[2], NULL, 10) : 1;
	int status = 0;
	char text[500];

	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: daemon ADDRESS\n");
		return 2;
	}
	handle_signals(SIG_BLOCK);	/* the next program inherits it */
	listener = unix_listen(argv[1], &options);
	if (listener == NULL) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "daemon: %s\n", text);
		return 1;
	}
	if (argc == 2)
		enter_background(argv[1]);
	handle_signals(SIG_UNBLOCK);
	if (unix_serve(listener, answer, &generation, NULL) == -1) {
		syslog(LOG_WARNING, "serve: %s", strerror(errno));
		status = 1;
	}
	handle_signals(SIG_BLOCK);
	if (reason == SIGHUP) {
		run_next(argv[0], generation + 1);
		status = 1;
	}
	return unix_close(listener) == 0 ? status : 1;
}
