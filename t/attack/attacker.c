/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process of an attacker: a client of the socket "s", its server, or the
 * child of unix_spawn(3).  It obeys its victim over a wire, and ends with it.
 */
#include "attack.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CALM_MS		300		/* for a victim to begin its wait */
#define STILL_MS	100		/* a server that takes no more */
#define STRANGER	20000		/* user IDs from here on are no one's */

#define READY		'r'		/* the first answer */
#define BEGIN		'b'		/* 1: the victim is about to wait */

struct note {
	char request;
	long number;
};

static int wire = -1;
static const struct sockaddr_un name = { .sun_family = AF_UNIX,
    .sun_path = "s" };

static void
write_note(int to, char request, long number)
{
	const struct note note = { request, number };

	send(to, &note, sizeof(note), MSG_NOSIGNAL);
}

static int
read_note(int from, struct note *note)
{
	return recv(from, note, sizeof(*note), 0) == sizeof(*note);
}

int
is_recalled(int wait)
{
	struct pollfd victim = { .fd = wire, .events = POLLIN };

	return poll(&victim, 1, wait) != 0;
}

void
await_end(void)
{
	struct pollfd victim = { .fd = wire };

	poll(&victim, 1, -1);
}

/* The attacker. */

int
connect_to(int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1 ||
	    connect(fd, (const struct sockaddr *)&name, sizeof(name)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Until the victim sleeps, or for a while where that is not seen. */
static void
await_wait(pid_t victim)
{
	long long end = milliseconds() + CALM_MS;
	char path[50], state;
	int asleep = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)victim);
	while (asleep < 3 && milliseconds() < end && !is_recalled(5)) {
		file = fopen(path, "re");
		state = 'R';
		if (file != NULL) {
			if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
				state = 'R';
			fclose(file);
		}
		asleep = state == 'S' ? asleep + 1 : 0;
	}
}

/* Where the output that was read is no longer what the victim has written. */
static size_t place, wrong_place = SIZE_MAX;

void
read_output(int fd, size_t limit)
{
	char bytes[4096];
	size_t size = limit < sizeof(bytes) ? limit : sizeof(bytes);
	ssize_t length = recv(fd, bytes, size, MSG_DONTWAIT), i;

	for (i = 0; i < length; i++, place++)
		if (bytes[i] != byte_at(place) && place < wrong_place)
			wrong_place = place;
	if (length > 0 && limit > (size_t)length)
		read_output(fd, limit - (size_t)length);
}

static int is_begin_awaited;		/* by the victim */

void
report_begin(void)
{
	if (is_begin_awaited)
		write_note(wire, BEGIN, 0);
	is_begin_awaited = 0;
}

static void
obey(const struct attack *attack, const int *fds, int count)
{
	struct note note;
	int i;

	while (read_note(wire, &note)) {
		switch (note.request) {
		case BEGIN:
			is_begin_awaited = note.number != 1;
			if (!is_begin_awaited)
				await_wait(getppid());
			else if ((attack->traits & IS_STORM) == 0)
				report_begin();
			for (i = 0; i < count && attack->during != NULL; i++)
				attack->during(fds[i]);
			break;
		case END_LINE:
			send(fds[0], "\nlast\n", 6, MSG_NOSIGNAL);
			write_note(wire, END_LINE, bytes_sent);
			break;
		default:
			read_output(fds[0], SIZE_MAX);
			write_note(wire, VERIFY, (size_t)note.number <=
			    (place < wrong_place ? place : wrong_place));
			break;
		}
	}
	_exit(0);
}

static void
be_attacker(const struct attack *attack, const int *fds, int count)
{
	struct rlimit limit;
	int i;

	/* As an ordinary user's: they also limit descriptors in flight. */
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < count && attack->before != NULL; i++)
		attack->before(fds[i]);
	write_note(wire, READY, 0);
	obey(attack, fds, count);
}

/* Lines for a server; as many as it takes, if the answers are not read. */
static void
ask_server(const struct attack *attack, int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };
	char lines[4096];
	size_t i;

	for (i = 0; i < sizeof(lines); i++)
		lines[i] = i % 64 == 63 ? '\n' : 'x';
	send(fd, lines, 64, MSG_NOSIGNAL);
	if (attack->traits & NEVER_READS)
		while (poll(&room, 1, STILL_MS) == 1 &&
		    send(fd, lines, sizeof(lines), MSG_NOSIGNAL |
		    MSG_DONTWAIT) != -1)
			;
}

static void
be_client(const struct scene *scene, int type, int count)
{
	const struct attack *attack = scene->attack;
	int fds[HOARDERS], i;

	if (attack->traits & IS_STORM)
		count = 1;
	for (i = 0; i < count; i++) {
		fds[i] = -1;
		if (attack->traits & IS_STORM)
			continue;
		fds[i] = connect_to(type);
		need(fds[i] != -1, "connect");
		need(fcntl(fds[i], F_SETFL, 0) == 0, "fcntl");
		if (scene->call->role >= SERVES)
			ask_server(attack, fds[i]);
	}
	be_attacker(attack, fds, count);
}

/* Its queue is full. */
static void
be_server(const struct scene *scene, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0), client;

	need(fd != -1, "socket");
	need(bind(fd, (const struct sockaddr *)&name, sizeof(name)) == 0,
	    "bind");
	if (type == SOCK_STREAM)
		need(listen(fd, 0) == 0, "listen");
	while ((client = connect_to(type)) != -1 &&
	    (type == SOCK_STREAM || send(client, "x", 1, MSG_NOSIGNAL) == 1))
		;
	be_attacker(scene->attack, &fd, 1);
}

/* As a program of unix_spawn(3), whose 0 and 1 are the connection. */
void
be_spawned(const char *attack, const char *end)
{
	int fd = fcntl(0, F_DUPFD_CLOEXEC, 3);

	wire = atoi(end);
	close(0);
	close(1);
	be_attacker(&attacks[atoi(attack)], &fd, 1);
}

/* The victim. */

/* The answer, or -1 from an attacker that cannot answer (any more). */
static long
await_answer(const struct scene *scene)
{
	struct pollfd attacker = { .fd = scene->wire, .events = POLLIN };
	struct note note;

	if (poll(&attacker, 1, DEADLINE_MS) <= 0 ||
	    !read_note(scene->wire, &note))
		return -1;
	return note.number;
}

/* A copy of the victim's listener would keep its queue; KEPT stays open. */
static int
fork_attacker(struct scene *scene, int kept)
{
	int ends[2], fd;

	need(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0,
	    "socketpair");
	scene->attacker = fork();
	need(scene->attacker != -1, "fork");
	if (scene->attacker == 0) {
		wire = ends[1];
		for (fd = 3; fd < DESCRIPTORS; fd++)
			if (fd != wire && fd != kept)
				close(fd);
		return 1;
	}
	close(ends[1]);
	scene->wire = ends[0];
	return 0;
}

/* It is a stranger where one is wanted; each row has one of its own. */
void
start_attacker(struct scene *scene, int type, int count)
{
	const uid_t user = STRANGER + (uid_t)getpid() % 40000;

	if (!fork_attacker(scene, -1))
		return;
	if ((scene->call->role == DROPS || scene->attack->traits & EXCEEDS) &&
	    is_root())
		need(setresgid(user, user, user) == 0 &&
		    setresuid(user, user, user) == 0, "setresuid");
	be_client(scene, type, count);
}

void
start_peer(struct scene *scene, int fd)
{
	if (fork_attacker(scene, fd))
		be_attacker(scene->attack, &fd, 1);
	close(fd);
}

/* The program is this one again; its end of the wire has a number. */
void
start_spawned_attacker(struct scene *scene)
{
	char program[] = "/proc/self/exe", option[] = "--spawned";
	char attack[20], end[20];
	char *argv[] = { program, option, attack, end, NULL };
	int ends[2];

	need(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0
	    && fcntl(ends[1], F_SETFD, 0) == 0, "socketpair");
	snprintf(attack, sizeof(attack), "%d",
	    (int)(scene->attack - attacks));
	snprintf(end, sizeof(end), "%d", ends[1]);
	scene->wire = ends[0];
	scene->attacker = unix_spawn(argv, &scene->options, &scene->ports[0]);
	need(scene->attacker != -1, "unix_spawn");
	close(ends[1]);
}

void
start_hostile_server(struct scene *scene, int type)
{
	if (fork_attacker(scene, -1))
		be_server(scene, type);
}

void
await_attacker(struct scene *scene)
{
	need(await_answer(scene) != -1, "attacker");
}

void
begin_attack(struct scene *scene)
{
	int is_late = scene->call->stage->is_late;

	write_note(scene->wire, BEGIN, is_late);
	if (!is_late)
		await_answer(scene);
}

long
ask_attacker(struct scene *scene, char request, long number)
{
	write_note(scene->wire, request, number);
	return await_answer(scene);
}

/* Copies of it see the end of the wire. */
void
end_attack(struct scene *scene)
{
	close(scene->wire);
	kill(scene->attacker, SIGKILL);
	need(waitpid(scene->attacker, NULL, 0) == scene->attacker, "waitpid");
}
