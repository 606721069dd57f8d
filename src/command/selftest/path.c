/* SPDX-License-Identifier: BSD-2-Clause */
/* The socket file: who owns it, who may use it, and who removes it. */
#include "selftest.h"

#include <sys/stat.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define RIVALS		8

static int
exists(const char *path)
{
	struct stat file;

	return lstat(path, &file) == 0;
}

static void
gone_when_closed(void)
{
	struct unix_listener *listener = listen_at("s", NULL);

	reach(listener, "s");
	close_listener(listener);
	holds(!exists("s"), "the socket file is left");
}

static void
stale_is_reclaimed(void)
{
	struct unix_listener *listener;

	make_stale("s");
	listener = listen_at("s", NULL);
	reach(listener, "s");
	close_listener(listener);
}

static void
live_is_respected(void)
{
	struct unix_listener *listener = listen_at("s", NULL);

	fails(listened(unix_listen("s", NULL)), EADDRINUSE,
	    "a second unix_listen");
	reach(listener, "s");
	close_listener(listener);
}

/* A pipe that was closed at its other end lets all of its readers go. */
static void
wait_for_end(int fd)
{
	struct pollfd end = { .fd = fd, .events = POLLIN };

	while (poll(&end, 1, -1) == -1)
		holds(errno == EINTR, "poll");
}

/* Pipes: they begin together, say how it went, and stay until the end. */
static int begin[2], said[2], end[2];

static void
claim(void *nothing)
{
	struct unix_listener *listener;

	(void)nothing;
	close(begin[1]);
	close(end[1]);
	wait_for_end(begin[0]);
	listener = unix_listen("s", NULL);
	if (listener == NULL)
		holds(errno == EADDRINUSE || errno == EBUSY,
		    strerror(errno));
	holds(write(said[1], listener == NULL ? "-" : "+", 1) == 1, "write");
	wait_for_end(end[0]);
	unix_close(listener);
}

static int
count_winners(void)
{
	int i, winners = 0;
	char word;

	for (i = 0; i < RIVALS; i++) {
		holds(read(said[0], &word, 1) == 1, "a rival is silent");
		winners += word == '+';
	}
	return winners;
}

static void
one_winner(void)
{
	int *const pipes[] = { begin, said, end };
	pid_t rivals[RIVALS];
	int i, winners;

	make_stale("s");
	for (i = 0; i < 3; i++)
		succeeds(pipe(pipes[i]), "pipe");
	for (i = 0; i < RIVALS; i++)
		rivals[i] = begin_process(claim, NULL);
	close(begin[1]);
	close(said[1]);
	winners = count_winners();
	close(end[1]);
	for (i = 0; i < RIVALS; i++)
		end_well(rivals[i]);
	for (i = 0; i < 3; i++)
		close(pipes[i][0]);
	if (winners != 1)
		fail("%d of %d have it", winners, RIVALS);
}

/* No limit is near 400 bytes but that of sun_path. */
static void
long_path(void)
{
	struct unix_listener *listener;
	char path[402] = "";
	int i;

	for (i = 0; i < 4; i++) {
		memset(path + i * 100L, 'd', 99);
		succeeds(mkdir(path, 0700), "mkdir");
		path[i * 100L + 99] = '/';
	}
	path[400] = 's';
	listener = unix_listen(path, NULL);
	if (listener != NULL) {
		reach(listener, path);
		close_listener(listener);
	}
	for (i = 4; i >= 1; i--) {
		path[i * 100 - 1] = '\0';
		rmdir(path);
	}
	succeeds_or_lacks(listened(listener), ENAMETOOLONG, "unix_listen");
}

static void
has_mode(mode_t asked, mode_t mode)
{
	const struct unix_options options = { .mode = asked };
	struct unix_listener *listener = listen_at("s", &options);
	struct stat file;

	succeeds(stat("s", &file), "stat");
	if ((file.st_mode & 07777) != mode)
		fail("mode %04o, not %04o", (unsigned)file.st_mode & 07777,
		    (unsigned)mode);
	close_listener(listener);
}

static void
exact_mode(void)
{
	static const mode_t masks[] = { 0, 022, 077, 0777 };
	size_t i;

	for (i = 0; i < COUNT(masks); i++) {
		umask(masks[i]);
		has_mode(0, 0600);
		has_mode(0660, 0660);
		has_mode(0777, 0777);
	}
}

static void
foreign_is_respected(void)
{
	make_file("s");
	fails(listened(unix_listen("s", NULL)), EADDRINUSE,
	    "unix_listen");
	holds(exists("s"), "the file is gone");
	unlink("s");
}

static void
successor_is_respected(void)
{
	struct unix_listener *listener = listen_at("s", NULL);

	holds(unix_listener_owns_path(listener) == 1, "not owned at first");
	unlink("s");
	make_file("s");
	holds(unix_listener_owns_path(listener) == 0, "owned all the same");
	close_listener(listener);
	holds(exists("s"), "the file is gone");
	unlink("s");
}

/* Names are bytes: each of these is another one. */
static void
abstract_name(void)
{
	const struct unix_options longer = { .address_length = 1 +
	    sizeof("unixport.") + 20 };
	struct unix_listener *first, *second;
	char name[60] = "";

	snprintf(name, sizeof(name), "@unixport.%020ld", (long)getpid());
	first = listen_at(name, NULL);
	fails(listened(unix_listen(name, NULL)), EADDRINUSE,
	    "a second unix_listen");
	name[0] = '\0';
	second = listen_at(name, &longer);
	name[0] = '@';
	reach(first, name);
	close_listener(second);
	close_listener(first);
}

static const struct guarantee guarantees[] = {
	{ "the socket file goes when its server closes", NEITHER,
	    gone_when_closed },
	{ "a stale socket file is reclaimed", NEITHER, stale_is_reclaimed },
	{ "a live server is never displaced", NEITHER, live_is_respected },
	{ "of eight starters at a stale file one wins", NEITHER, one_winner },
	{ "a path of 401 bytes works", NEITHER, long_path },
	{ "the file's mode is exact, whatever the umask", NEITHER,
	    exact_mode },
	{ "a foreign file is never taken for a stale one", NEITHER,
	    foreign_is_respected },
	{ "a foreign file is never removed when closing", NEITHER,
	    successor_is_respected },
	{ "an abstract name is claimed once, to the byte", NEITHER,
	    abstract_name }
};

const struct chapter path_chapter = CHAPTER("Addresses", guarantees);
