/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chat ADDRESS: a chat room.  The first line of a client is its name; the
 * server sends each later line to all other clients.  It shows how threads
 * share connections safely.
 *
 *	chat chat.sock &
 *	unixport connect chat.sock	(or nc -U chat.sock)
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unixport.h>

#define PLACES	100

static struct unix_listener *listener;
static struct unix_ports *room[PLACES];		/* protected by lock */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void
stop(int number)
{
	(void)number;
	unix_interrupt(listener);
}

/* Replace FROM by TO in the room: a NULL is a free place. */
static void
move(const struct unix_ports *from, struct unix_ports *to)
{
	int i = 0;

	pthread_mutex_lock(&lock);
	while (room[i] != from)
		i++;
	room[i] = to;
	pthread_mutex_unlock(&lock);
}

/*
 * Send to all but the speaker.  A client that does not read is disconnected:
 * its handler reads EOF.
 */
static void
say(const struct unix_ports *speaker, const char *name, const char *text)
{
	int i;

	pthread_mutex_lock(&lock);
	for (i = 0; i < PLACES; i++)
		if (room[i] != NULL && room[i] != speaker &&
		    (fprintf(room[i]->out, "%s: %s\n", name, text) < 0 ||
		    fflush(room[i]->out) == EOF))
			unix_hang_up(room[i]);
	pthread_mutex_unlock(&lock);
}

/* Receive a line.  Control characters would reach the others' terminals. */
static int
hear(struct unix_ports *client, struct unix_buffer *line, size_t limit)
{
	size_t i;

	if (unix_get_line(client->in, line, limit) != 1)
		return 0;
	for (i = 0; i < line->length; i++)
		if (iscntrl((unsigned char)line->bytes[i]))
			line->bytes[i] = '?';
	return 1;
}

static void
talk(struct unix_ports *client, void *context)
{
	struct unix_buffer name = { 0 }, line = { 0 };

	(void)context;
	if (hear(client, &name, 20)) {
		move(NULL, client);
		say(NULL, name.bytes, "(has come)");
		while (hear(client, &line, 1000))
			say(client, name.bytes, line.bytes);
		say(client, name.bytes, "(has left)");
		move(client, NULL);
	}
	unix_free_buffer(&name);
	unix_free_buffer(&line);
}

int
main(int argc, char *argv[])
{
	/* A client that reads nothing is disconnected after 100 ms. */
	struct unix_options options = { .flags = UNIX_GUARDED,
	    .write_timeout = 100 };
	struct unix_serve_options limits = { .clients = PLACES };
	struct sigaction action = { .sa_handler = stop };
	char text[500];
	int status;

	if (argc != 2) {
		fprintf(stderr, "usage: chat ADDRESS\n");
		return 2;
	}
	listener = unix_listen(argv[1], &options);
	if (listener == NULL) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "chat: %s\n", text);
		return 1;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	status = unix_serve(listener, talk, NULL, &limits);
	if (status == -1)
		perror("chat: serve");
	/* After unix_close() the handler would use freed memory. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return unix_close(listener) == 0 && status == 0 ? 0 : 1;
}
