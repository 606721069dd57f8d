/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * supervisor COMMAND...: run each command by sh(1), and print its lines after
 * its number.  A command that fails, or writes a line of more than 64 KiB, is
 * started again after a second.  SIGTERM and SIGINT end all commands, after two
 * seconds by SIGKILL.  It shows several children in one event loop.
 *
 *	supervisor 'exec tail -f one.log' 'exec tail -f two.log'
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <sys/socket.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <unixport.h>

#define CHILDREN	64
#define LIMIT		65536	/* bytes of a line */
#define TURN_LINES	64	/* then other children have their turn */
#define LATE_MS		1000	/* to read the output of an ended child */

static struct child {
	char *command;
	pid_t pid;			/* 0: has ended */
	int status;			/* 0: has succeeded */
	int is_over;			/* its output, by EOF or an error */
	struct unix_ports ports;	/* closed: all output was read */
	struct unix_buffer line;	/* or its first part */
} children[CHILDREN];
static int count, is_stopping, signal_fd;
static const struct unix_options options = { .flags = UNIX_GUARDED,
    .read_timeout = -1 };

/* The loop handles the signal; few functions may be called here. */
static void
on_signal(int number)
{
	char byte = (char)number;
	int error = errno;

	send(signal_fd, &byte, 1, 0);
	errno = error;
}

static int
is_left(const struct child *child)
{
	return child->ports.in != NULL || (child->status != 0 && !is_stopping);
}

static void
start(struct child *child)
{
	char sh[] = "sh", option[] = "-c";
	char *argv[] = { sh, option, child->command, NULL };

	child->status = 1;
	child->is_over = 0;
	child->pid = unix_spawn(argv, &options, &child->ports);
	if (child->pid == -1) {
		perror("supervisor: sh");
		child->pid = 0;
		alarm(1);
	}
}

static void
handle_signal(int number)
{
	struct child *child;

	if (number == SIGTERM || number == SIGINT) {
		is_stopping = 1;
		alarm(2);
	}
	for (child = children; child < children + count; child++)
		if (number == SIGCHLD) {
			/* Its own children can have the socket, and write. */
			if (child->pid != 0 && waitpid(child->pid,
			    &child->status, WNOHANG) == child->pid &&
			    unix_set_deadline(&child->ports, LATE_MS) == 0)
				child->pid = 0;
		} else if (is_stopping && child->pid != 0) {
			kill(child->pid, number == SIGALRM ? SIGKILL : SIGTERM);
		} else if (is_left(child) && child->ports.in == NULL) {
			start(child);
		}
}

/* Returns 1 if further lines may be there, 0 at the end, or else -1. */
static int
print_lines(struct child *child)
{
	int n, result = !child->is_over;

	for (n = 0; result == 1 && n < TURN_LINES; n++) {
		result = unix_get_line(child->ports.in, &child->line, LIMIT);
		if (result == 1)
			printf("%d: %s\n", (int)(child - children) + 1,
			    child->line.bytes);
	}
	if (result == -1 && errno != ETIMEDOUT) {	/* such as EMSGSIZE */
		child->status = 1;
		if (child->pid != 0)
			kill(child->pid, SIGKILL);
		result = 0;
	}
	fflush(stdout);
	child->is_over = result == 0;
	return result;
}

/* Returns 1 if the next turn must not wait for an event. */
static int
take_turn(struct child *child, struct pollfd *fd)
{
	int result = child->ports.in != NULL ? print_lines(child) : -1;

	if (result != 1 && child->pid == 0 && child->ports.in != NULL) {
		unix_close_ports(&child->ports);
		unix_free_buffer(&child->line);
		if (is_left(child)) {
			fprintf(stderr, "supervisor: failed: %s\n",
			    child->command);
			alarm(1);
		}
	}
	/* At EOF, poll(2) would not wait. */
	fd->fd = result == 0 ? -1 : unix_fileno(&child->ports);
	fd->events = POLLIN;
	return result;
}

static void
run(struct unix_ports *signals)
{
	struct pollfd fds[1 + CHILDREN];
	int i, number, left, timeout;

	for (;;) {
		while ((number = getc(signals->in)) != EOF)
			handle_signal(number);
		clearerr(signals->in);
		timeout = -1;
		for (i = left = 0; i < count; i++) {
			if (take_turn(&children[i], &fds[i]) == 1)
				timeout = 0;
			left += is_left(&children[i]);
		}
		if (left == 0)
			return;
		fds[i] = (struct pollfd){ unix_fileno(signals), POLLIN, 0 };
		poll(fds, 1 + (nfds_t)count, timeout);
	}
}

int
main(int argc, char *argv[])
{
	static const int signals[] = { SIGALRM, SIGCHLD, SIGINT, SIGTERM };
	/* Without SA_RESTART a signal during a write would lose output. */
	struct sigaction action = { .sa_handler = on_signal,
	    .sa_flags = SA_RESTART };
	struct unix_ports pair[2];
	size_t i;

	if (argc < 2 || argc > 1 + CHILDREN) {
		fprintf(stderr, "usage: supervisor COMMAND...\n");
		return 2;
	}
	if (unix_pair(&options, pair) == -1) {
		perror("supervisor");
		return 1;
	}
	signal_fd = unix_fileno(&pair[1]);
	fcntl(signal_fd, F_SETFL, O_NONBLOCK);	/* a handler must not wait */
	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
	for (; count < argc - 1; count++) {
		children[count].command = argv[1 + count];
		start(&children[count]);
	}
	run(&pair[0]);
	signal_fd = -1;
	unix_abandon_ports(&pair[0]);
	unix_abandon_ports(&pair[1]);
	return ferror(stdout) ? 1 : 0;
}
