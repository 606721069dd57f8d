/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds facts about Unix domain sockets of the kernel. */
#include "selftest.h"

#include <sys/file.h>
#include <sys/un.h>

#define MANY_FILES	300		/* above the limit of a message */
#define SHUTDOWN_MS	5		/* poll(2) has usually begun */

/* C libraries before Linux 6.5 lack the constant. */
#if !defined(SO_PEERPIDFD) && defined(__linux__) && \
    defined(SO_PEERCRED) && SO_PEERCRED == 17
#define SO_PEERPIDFD	77
#endif
/* 0 is not an option on any system. */
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD	0
#endif
#ifndef SO_NOSIGPIPE
#define SO_NOSIGPIPE	0
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL	0
#endif

static void
say_whether(int result, const char *works)
{
	if (result == -1)
		SAY("none: %s", strerror(errno));
	else
		SAY("%s", works);
}

/* Some systems require a NUL byte at the end of sun_path. */
void
longest_path(void)
{
	char name[sizeof(((struct sockaddr_un *)0)->sun_path)];

	memset(name, 'n', sizeof(name));
	if (bind_socket(name, sizeof(name)) != -1)
		SAY("%zu bytes, without a NUL behind them", sizeof(name));
	else
		SAY("%zu bytes and a NUL", sizeof(name) - 1);
}

void
abstract_names(void)
{
	char name[60];
	int length = snprintf(name, sizeof(name), "%cunixport.%ld", '\0',
	    (long)getpid());

	say_whether(bind_socket(name, (size_t)length), "yes");
}

/* Some systems ignore the mode of the socket in bind(2). */
void
chmod_before_bind(void)
{
	const struct sockaddr_un name = { .sun_family = AF_UNIX,
	    .sun_path = "s" };
	int fd = SUCCEEDS(socket(AF_UNIX, SOCK_STREAM, 0));
	struct stat file;

	umask(0);
	if (fchmod(fd, 0600) == -1) {
		SAY("none: %s", strerror(errno));
		return;
	}
	SUCCEEDS(bind(fd, (const struct sockaddr *)&name, sizeof(name)));
	SUCCEEDS(stat("s", &file));
	SAY("%s", (file.st_mode & 0777) == 0600 ?
	    "narrows the file before a client can connect" :
	    "does nothing: the umask must be narrow");
}

void
directory_lock(void)
{
	int fd = SUCCEEDS(open(".", O_RDONLY | O_DIRECTORY));

	say_whether(flock(fd, LOCK_EX | LOCK_NB),
	    "works: stale sockets can be reclaimed");
}

void
peer_credentials(void)
{
	struct unix_peer peer;
	int process;
	socklen_t size = sizeof(process);

	if (unix_peer(near, &peer) == -1)
		SAY("unknown: %s", strerror(errno));
	else
		SAY("user, group%s%s", peer.pid == -1 ? "; no process" :
		    ", process", getsockopt(unix_fileno(near), SOL_SOCKET,
		    SO_PEERPIDFD, &process, &size) == 0 ?
		    ", its pid-fd" : "; no pid-fd");
}

static int
can_send_files(int count)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(MANY_FILES * sizeof(int))];
	} control = { .header = { .cmsg_level = SOL_SOCKET,
	    .cmsg_type = SCM_RIGHTS,
	    .cmsg_len = CMSG_LEN((size_t)count * sizeof(int)) } };
	struct iovec byte = { .iov_base = &(char){ 0 }, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte, .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = CMSG_SPACE((size_t)count * sizeof(int)) };
	int fd = unix_fileno(near);

	while (count-- > 0)
		memcpy(CMSG_DATA(&control.header) + (size_t)count *
		    sizeof(int), &fd, sizeof(int));
	return sendmsg(fd, &message, 0) == 1;
}

void
descriptors_in_message(void)
{
	int count = MANY_FILES;

	while (count > 0 && !can_send_files(count))
		count--;
	SAY("%d", count);
}

/* Linux counts overhead of each write, so use writes of EACH bytes. */
static size_t
fill_socket(size_t each)
{
	static const char bytes[65536];
	size_t room = 0;
	ssize_t written;

	make_pair();
	SUCCEEDS(fcntl(unix_fileno(near), F_SETFL, O_NONBLOCK));
	while ((written = write(unix_fileno(near), bytes, each)) > 0)
		room += (size_t)written;
	return room;
}

void
socket_room(void)
{
	SAY("%zu bytes, or %zu writes of one byte", fill_socket(65536),
	    fill_socket(1));
}

void
backlog_of_one(void)
{
	int count = 0;

	while (unix_connect("s", &options, near) == 0)
		count++;
	SAY("takes %d clients, connect(2) of others %s", count,
	    errno == ETIMEDOUT ? "waits" : "is refused");
}

static void
shut_down(void)
{
	poll(NULL, 0, SHUTDOWN_MS);
	shutdown(unix_listener_fileno(listener), SHUT_RDWR);
}

void
shutdown_of_listener(void)
{
	struct pollfd end = { .events = POLLIN };

	end.fd = unix_listener_fileno(listener);
	start_thread(shut_down);
	SAY("%s", poll(&end, 1, 500) == 1 ? "wakes poll(2)" :
	    "does not wake poll(2)");
}

static volatile sig_atomic_t signalled;

static void
note_signal(int number)
{
	signalled = number;
}

/* SO_NOSIGPIPE is of macOS and the BSDs, MSG_NOSIGNAL of POSIX. */
static int
raises_sigpipe(int option, int flags)
{
	int on = 1;

	make_pair();
	SUCCEEDS(unix_close_ports(far));
	setsockopt(unix_fileno(near), SOL_SOCKET, option, &on, sizeof(on));
	signalled = 0;
	send(unix_fileno(near), "", 1, flags);
	return signalled != 0;
}

void
sigpipe_switches(void)
{
	handle(SIGPIPE, note_signal);
	SAY("%s", !raises_sigpipe(SO_NOSIGPIPE, 0) ?
	    "can be turned off for a socket" :
	    !raises_sigpipe(0, MSG_NOSIGNAL) ?
	    "can be turned off for send(2), not for a FILE" :
	    "cannot be turned off");
}
