/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel does with Unix domain sockets. */
#include "selftest.h"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define MOST		300	/* descriptors in a message, and more */

/* The number of Linux 6.5, where the C library is older. */
#if !defined(SO_PEERPIDFD) && defined(__linux__) && \
    defined(SO_PEERCRED) && SO_PEERCRED == 17
#define SO_PEERPIDFD	77
#endif

static int
unix_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	succeeds(fd, "socket");
	return fd;
}

static int
bind_bytes(int fd, const char *bytes, size_t length)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	memcpy(name.sun_path, bytes, length);
	return bind(fd, (struct sockaddr *)&name,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
}

/* Whether all of sun_path may be a name, without a NUL behind it. */
static void
longest_path(void)
{
	char name[sizeof(((struct sockaddr_un *)0)->sun_path)];
	int fd = unix_socket(), full;

	memset(name, 'n', sizeof(name));
	full = bind_bytes(fd, name, sizeof(name)) == 0;
	close(fd);
	if (full)
		say("%zu bytes, without a NUL behind them", sizeof(name));
	else
		say("%zu bytes and a NUL", sizeof(name) - 1);
}

static void
abstract_names(void)
{
	char name[60] = "";
	int fd = unix_socket();

	snprintf(name + 1, sizeof(name) - 1, "unixport.%ld", (long)getpid());
	if (bind_bytes(fd, name, 1 + strlen(name + 1)) == 0)
		say("yes");
	else
		say("none: %s", strerror(errno));
	close(fd);
}

/* The mode that bind(2) gives after it. */
static void
chmod_before_bind(void)
{
	int fd = unix_socket();
	struct stat file;

	umask(0);
	if (fchmod(fd, 0600) == -1) {
		say("no: %s", strerror(errno));
		return;
	}
	succeeds(bind_bytes(fd, "s", 2), "bind");
	succeeds(stat("s", &file), "stat");
	say((file.st_mode & 0777) == 0600 ?
	    "narrows the file, nobody comes too early" :
	    "does nothing: the umask must be narrow");
}

static void
locks(void)
{
	int fd = open(".", O_RDONLY | O_DIRECTORY);

	succeeds(fd, "open");
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		say("works: stale sockets can be reclaimed");
	else
		say("none: %s", strerror(errno));
}

static void
make_sockets(int ends[2])
{
	succeeds(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
}

static int
knows_process(int fd)
{
#ifdef SO_PEERPIDFD
	int process;
	socklen_t size = sizeof(process);

	return getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &process,
	    &size) == 0;
#else
	(void)fd;
	return 0;
#endif
}

static void
peers(void)
{
	struct unix_ports pair[2];
	struct unix_peer peer;

	make_pair(pair, NULL);
	if (unix_peer(&pair[0], &peer) == -1)
		say("unknown: %s", strerror(errno));
	else
		say("user, group%s%s", peer.pid == -1 ? "; no process" :
		    ", process", knows_process(unix_fileno(&pair[0])) ?
		    ", its pid-fd" : "; no pid-fd");
}

static int
can_send(int fd, int count)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(MOST * sizeof(int))];
	} control;
	char zero = 0;
	struct iovec byte = { .iov_base = &zero, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte, .msg_iovlen = 1,
	    .msg_control = &control };
	size_t length = (size_t)count * sizeof(int);
	int i;

	memset(&control, 0, sizeof(control));
	message.msg_controllen = CMSG_SPACE(length);
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(length);
	for (i = 0; i < count; i++)
		memcpy(CMSG_DATA(&control.header) + (size_t)i * sizeof(int),
		    &fd, sizeof(int));
	return sendmsg(fd, &message, 0) == 1;
}

static void
descriptors(void)
{
	int ends[2], count = MOST;

	make_sockets(ends);
	while (count > 0 && !can_send(ends[0], count))
		count--;
	say("%d", count);
}

/* How many bytes a socket takes, with so many in each write. */
static size_t
fill(size_t each)
{
	static const char bytes[65536];
	size_t room = 0;
	ssize_t written;
	int ends[2];

	make_sockets(ends);
	succeeds(fcntl(ends[0], F_SETFL, O_NONBLOCK), "fcntl");
	while ((written = write(ends[0], bytes, each)) > 0)
		room += (size_t)written;
	return room;
}

static void
room(void)
{
	say("%zu bytes, or %zu writes of one byte", fill(65536), fill(1));
}

static int
connect_to_s(int fd)
{
	const struct sockaddr_un name = { .sun_family = AF_UNIX,
	    .sun_path = "s" };

	return connect(fd, (const struct sockaddr *)&name, sizeof(name));
}

static void
backlog_of_one(void)
{
	int server = unix_socket(), fd, count = 0;

	succeeds(bind_bytes(server, "s", 2), "bind");
	succeeds(listen(server, 1), "listen");
	for (;; count++) {
		fd = unix_socket();
		succeeds(fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl");
		if (connect_to_s(fd) == -1)
			break;
	}
	say("takes %d clients, connect(2) of others %s", count,
	    errno == EAGAIN ? "waits" : "is refused");
}

static void *
shut_down(void *fd)
{
	pause_for(5);
	shutdown(*(int *)fd, SHUT_RDWR);
	return NULL;
}

static void
wake_accept(void)
{
	struct pollfd end = { .events = POLLIN };
	pthread_t thread;

	end.fd = unix_socket();
	succeeds(bind_bytes(end.fd, "s", 2), "bind");
	succeeds(listen(end.fd, 1), "listen");
	thread = begin_thread(shut_down, &end.fd);
	say(poll(&end, 1, 500) == 1 ? "wakes who waits for clients" :
	    "wakes nobody");
	end_thread(thread);
}

static volatile sig_atomic_t signalled;

static void
note_signal(int number)
{
	(void)number;
	signalled = 1;
}

/* Writing to a socket without its other end; option 0 no system has. */
static int
raises_signal(int option, int flags)
{
	int ends[2], on = 1;

	make_sockets(ends);
	close(ends[1]);
	setsockopt(ends[0], SOL_SOCKET, option, &on, sizeof(on));
	signalled = 0;
	send(ends[0], "", 1, flags);
	return signalled;
}

#ifndef SO_NOSIGPIPE
#define SO_NOSIGPIPE	0
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL	0
#endif

static void
no_sigpipe(void)
{
	handle(SIGPIPE, note_signal);
	say(!raises_signal(SO_NOSIGPIPE, 0) ?
	    "can be turned off for a socket" :
	    !raises_signal(0, MSG_NOSIGNAL) ?
	    "can be turned off for send(2), not for a FILE" :
	    "cannot be turned off");
}

static const struct fact facts[] = {
	{ "longest path in an address", longest_path },
	{ "abstract names", abstract_names },
	{ "fchmod(2) before bind(2)", chmod_before_bind },
	{ "lock on a directory", locks },
	{ "told of a peer", peers },
	{ "descriptors in a message", descriptors },
	{ "room in a socket", room },
	{ "backlog of 1", backlog_of_one },
	{ "shutdown(2) of a listener", wake_accept },
	{ "SIGPIPE", no_sigpipe }
};

const struct facts kernel_facts = FACTS(facts);
