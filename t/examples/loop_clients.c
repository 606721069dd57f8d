/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loop_clients ADDRESS PID: hostile and honest clients of the server PID, which
 * numbers lines in one thread.  Linux shows how often a process has slept: each
 * wait for a client is counted there, and so is each turn that had no reason.
 */
#include "config.h"

#include <sys/socket.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unixport.h"

#define MAX_WAIT_MS	60000	/* for one event; then the test fails */
#define LINES		600
#define MANY_LINES	1000000
#define LENGTH		900
#define DRIPS		90
#define ROUNDS		200
#define CLIENTS		250
#define MAX_SLEEPS	20	/* of a round */
#define QUIET_MS	300

static const char *address;
static pid_t server;

/* An answer ends with the line, which contains its own number. */
struct client {
	struct unix_ports ports;
	int sent, answered;	/* lines */
	size_t offset;		/* of the line that is sent in part */
	char answer[LENGTH + 100];
	size_t length;		/* of the first part of an answer */
};

#ifdef __GNUC__
__attribute__((format(printf, 1, 2), noreturn))
#endif
static void
die(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vfprintf(stderr, format, values);
	va_end(values);
	fputc('\n', stderr);
	exit(1);
}

static void
enter(struct client *client)
{
	struct unix_options options = { .flags = UNIX_WAIT,
	    .connect_timeout = MAX_WAIT_MS,
	    .sigpipe = UNIX_SIGPIPE_IGNORE };

	memset(client, 0, sizeof(*client));
	if (unix_connect(address, &options, &client->ports) == -1)
		die("connect: %s", strerror(errno));
}

static void
leave(struct client *client)
{
	unix_abandon_ports(&client->ports);
}

/* Line I, of LENGTH bytes with its newline. */
static void
make_line(char *line, int i)
{
	memset(line, 'a' + i % 26, LENGTH);
	snprintf(line, LENGTH, "%08d", i);
	line[8] = ' ';
	line[LENGTH - 1] = '\n';
}

/* Sends the lines before END without waiting; returns 1 if all are sent. */
static int
send_lines(struct client *client, int end)
{
	char line[LENGTH];
	ssize_t sent;

	while (client->sent < end) {
		make_line(line, client->sent);
		sent = send(unix_fileno(&client->ports), line + client->offset,
		    LENGTH - client->offset, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent == -1 && errno != EAGAIN)
			die("send: %s", strerror(errno));
		if (sent == -1)
			return 0;
		client->offset += (size_t)sent;
		if (client->offset == LENGTH) {
			client->offset = 0;
			client->sent++;
		}
	}
	return 1;
}

static void
take_answer(struct client *client)
{
	const char *text = memchr(client->answer, ' ', client->length);
	char line[LENGTH];

	make_line(line, client->answered);
	if (text == NULL || text[-1] != ':' ||
	    client->length != (size_t)(text + 1 - client->answer) + LENGTH ||
	    memcmp(text + 1, line, LENGTH) != 0)
		die("answer %d is wrong: %.*s", client->answered,
		    (int)client->length, client->answer);
	client->answered++;
	client->length = 0;
}

/* Reads at most SIZE bytes, up to 4096; returns 0 at EOF. */
static int
read_some(struct client *client, size_t size)
{
	struct pollfd fd = { .fd = unix_fileno(&client->ports),
	    .events = POLLIN };
	char bytes[4096];
	ssize_t i, got;

	if (poll(&fd, 1, MAX_WAIT_MS) != 1)
		die("no answer after %d", client->answered);
	got = recv(fd.fd, bytes, size, 0);
	if (got == -1)
		die("after %d answers: %s", client->answered, strerror(errno));
	for (i = 0; i < got; i++) {
		if (client->length == sizeof(client->answer))
			die("an answer does not end");
		client->answer[client->length++] = bytes[i];
		if (bytes[i] == '\n')
			take_answer(client);
	}
	return got > 0;
}

/* A line and its answer. */
static void
ask(struct client *client)
{
	struct pollfd room = { .fd = unix_fileno(&client->ports),
	    .events = POLLOUT };
	int count = client->answered + 1;

	while (!send_lines(client, count))
		poll(&room, 1, MAX_WAIT_MS);
	while (client->answered < count)
		if (!read_some(client, LENGTH + 100))
			die("EOF instead of an answer");
}

/* A field of the server's status, or its first letter; -1: not shown. */
static long
status(const char *name)
{
	char path[100], line[300], *value, *end;
	long number = -1;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)server);
	in = fopen(path, "r");
	if (in == NULL)
		return -1;
	while (number == -1 && fgets(line, sizeof(line), in) != NULL) {
		if (strncmp(line, name, strlen(name)) != 0)
			continue;
		value = line + strlen(name) + 2;	/* ":\t" */
		number = strtol(value, &end, 10);
		if (end == value)
			number = *value;
	}
	fclose(in);
	return number;
}

static long
count_sleeps(void)
{
	return status("voluntary_ctxt_switches");
}

/* Returns when the server is in this state, if the system shows it. */
static void
await_state(int state)
{
	long now;
	int tries;

	for (tries = 0; (now = status("State")) != state && now != -1; tries++) {
		if (tries == MAX_WAIT_MS)
			die("the server is never in the state %c", state);
		poll(NULL, 0, 1);
	}
}

/* A server that polls without a reason does not sleep, or wakes. */
static void
expect_quiet(const char *moment)
{
	long sleeps;

	await_state('S');
	sleeps = count_sleeps();
	poll(NULL, 0, QUIET_MS);
	if (count_sleeps() != sleeps || (sleeps != -1 && status("State") != 'S'))
		die("%s, the server works without a reason", moment);
}

/* Sends lines and reads no answer until the server reads no further line. */
static void
fill(struct client *client)
{
	int sent;

	do {
		sent = client->sent;
		if (send_lines(client, MANY_LINES))
			die("the server has read %d lines of a client that"
			    " reads no answer", client->sent);
		await_state('S');
	} while (client->sent != sent);
}

/* The server finds all of this when it runs again. */
static void
play_round(struct client *drips, struct client *slow, struct client *asker)
{
	int i;

	kill(server, SIGSTOP);
	await_state('T');
	for (i = 0; i < DRIPS; i++)
		if (send(unix_fileno(&drips[i].ports), ".", 1, MSG_NOSIGNAL)
		    != 1)
			die("send a byte: %s", strerror(errno));
	send_lines(slow, MANY_LINES);
	read_some(slow, 4096);
	send_lines(asker, asker->answered + 1);
	kill(server, SIGCONT);
	ask(asker);
}

static void
test_crowd(void)
{
	static struct client clients[CLIENTS];
	struct client *mute = &clients[DRIPS], *slow = mute + 1;
	struct client *askers = slow + 1;
	int i, count = (int)(clients + CLIENTS - askers);
	long sleeps;

	for (i = 0; i < CLIENTS; i++)
		enter(&clients[i]);
	for (i = 0; i < CLIENTS; i++)
		ask(&clients[i]);
	puts("ok: clients_are_answered_250_at_a_time");
	fill(mute);
	fill(slow);
	expect_quiet("beside a client that does not read");
	sleeps = count_sleeps();
	for (i = 0; i < ROUNDS; i++)
		play_round(clients, slow, &askers[i % count]);
	sleeps = count_sleeps() - sleeps;
	if (sleeps > (long)ROUNDS * MAX_SLEEPS)
		die("the server slept %ld times in %d rounds", sleeps, ROUNDS);
	puts("ok: clients_do_not_delay_each_other");
	while (slow->answered < slow->sent)
		if (!read_some(slow, 4096))
			die("EOF before an answer");
	puts("ok: slow_client_reads_all_answers");
	expect_quiet("after a slow client");
	for (i = 0; i < CLIENTS; i++)
		if (&clients[i] != askers)
			leave(&clients[i]);
	ask(askers);
	leave(askers);
	puts("ok: clients_that_leave_with_unread_answers_are_dismissed");
}

/* All lines are sent before the first answer is read, in small pieces. */
static void
test_half_close(int send_buffer)
{
	static struct client client, other;
	struct pollfd room = { .events = POLLOUT };

	enter(&other);
	enter(&client);
	room.fd = unix_fileno(&client.ports);
	if (send_buffer > 0 && setsockopt(room.fd, SOL_SOCKET, SO_SNDBUF,
	    &send_buffer, sizeof(send_buffer)) == -1)
		die("SO_SNDBUF: %s", strerror(errno));
	while (!send_lines(&client, LINES))
		if (poll(&room, 1, MAX_WAIT_MS) != 1)
			die("the server has read %d lines", client.sent);
	shutdown(room.fd, SHUT_WR);
	expect_quiet("after a half-close");
	while (read_some(&client, 700))
		if (client.answered % 100 == 0)
			ask(&other);
	if (client.answered != LINES)
		die("%d answers, then EOF", client.answered);
	leave(&client);
	leave(&other);
}

int
main(int argc, char *argv[])
{
	if (argc != 3)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	address = argv[1];
	server = (pid_t)atol(argv[2]);
	test_half_close(0);
	test_half_close(1);
	puts("ok: client_that_half_closes_reads_all_answers");
	test_crowd();
	return 0;
}
