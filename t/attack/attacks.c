/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attacks: each harms one connection, or a listener.
 * They need no library.
 */
#include "attack.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "passing.h"

#define FLOOD_MESSAGES	4
#define HOARD_FILES	252		/* that guarded ports keep */
#define DRIP_MS		(TIMEOUT_MS / 5)
#define CROWD_TRIES	200		/* 10 ms apart */
#define STORM_SIZE	64		/* connections of one process */
#define STORM_PROCESSES	4
#define LINGER_SHARE	20
#define LINGERING	5		/* before the victim begins */

long bytes_sent;

static void
send_byte(int fd, int flags)
{
	if (send(fd, flags == 0 ? "x" : "!", 1, flags | MSG_NOSIGNAL) == 1)
		bytes_sent += flags == 0;
}

/*
 * If they are refused the byte comes alone.  Other rows of the same user may
 * have too many in flight.
 */
static int
send_files(int fd, const int *files, size_t count, int flags)
{
	const char byte = flags == 0 ? 'x' : '!';
	ssize_t sent;
	int tries = CROWD_TRIES;

	while ((sent = pass_files(fd, byte, files, count, flags)) == -1 &&
	    errno == ETOOMANYREFS && tries-- > 0)
		poll(NULL, 0, 10);
	if (sent == 1)
		bytes_sent += flags == 0;
	else
		send_byte(fd, flags);
	return sent == 1;
}

/*
 * Descriptors that linger.  These functions return the copy that the sender
 * still has to close, or -1: the close of a refused one would take its time.
 */

static int
pass_lingering(int fd, int flags)
{
	int file = make_lingering(LINGER_S);

	return file != -1 && send_files(fd, &file, 1, flags) ? file : -1;
}

/* The socket that lingers is in the queue of a socket in flight. */
static int
pass_nested(int fd, int flags)
{
	int pair[2], file = make_lingering(LINGER_S);

	if (file == -1 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1 ||
	    pass_files(pair[0], 'x', &file, 1, 0) == -1)
		return -1;
	close(file);
	close(pair[0]);
	return send_files(fd, &pair[1], 1, flags) ? pair[1] : -1;
}

/*
 * In a child, since this close takes its time, too, if the victim has dropped
 * the descriptor before.  The child keeps the peer of the socket.
 */
static void
pass_in_child(int (*pass)(int fd, int flags), int fd, int flags)
{
	static _Atomic long *sent;

	if (sent == NULL)
		sent = mmap(NULL, sizeof(*sent), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*sent = -1;
	if (fork() == 0) {
		int file = pass(fd, flags);

		*sent = bytes_sent;
		close(file);
		close(fd);
		await_end();
		_exit(0);
	}
	while (*sent == -1)
		poll(NULL, 0, 1);
	bytes_sent = *sent;
}

static void
linger(int fd)
{
	pass_in_child(pass_lingering, fd, 0);
}

static void
nest(int fd)
{
	pass_in_child(pass_nested, fd, 0);
}

static void
press_and_linger(int fd)
{
	pass_in_child(pass_lingering, fd, MSG_OOB);
}

static void
press(int fd)
{
	send_byte(fd, MSG_OOB);
}

/* Full messages, whose last descriptor lingers. */
static int
pass_flood(int fd, int flags)
{
	int files[SCM_MAX_FDS], file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int last = make_lingering(LINGER_S), sent = 0, i;

	for (i = 0; i < SCM_MAX_FDS; i++)
		files[i] = file;
	files[SCM_MAX_FDS - 1] = last;
	for (i = 0; i < FLOOD_MESSAGES; i++)
		sent |= send_files(fd, files, SCM_MAX_FDS, flags);
	close(file);
	return sent ? last : -1;
}

static void
flood(int fd)
{
	pass_in_child(pass_flood, fd, 0);
}

static void
hoard(int fd)
{
	int files[HOARD_FILES], file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	size_t i;

	for (i = 0; i < HOARD_FILES; i++)
		files[i] = file;
	send_files(fd, files, HOARD_FILES, 0);
	close(file);
}

/* A byte in each direction within each timeout; of a listener, a client. */
static void
drip(int fd)
{
	while (!is_recalled(DRIP_MS)) {
		send_byte(fd, MSG_DONTWAIT);
		read_output(fd, 1);
		close(accept4(fd, NULL, NULL, SOCK_NONBLOCK));
	}
}

static void
half_close(int fd)
{
	shutdown(fd, SHUT_RD);
}

/* Bytes of the victim are unread. */
static void
reset(int fd)
{
	close(fd);
}

static void
announce(int fd)
{
	send(fd, "\377\377\377\377abcd", 8, MSG_NOSIGNAL);
}

static void
stop(int fd)
{
	(void)fd;
	raise(SIGSTOP);
}

static void
die(int fd)
{
	(void)fd;
	raise(SIGKILL);
}

/* Its own end is in the queue of its victim. */
static void
pass_itself(int fd)
{
	send_files(fd, &fd, 1, 0);
}

/* The child keeps its copy until the row ends. */
static void
leave_copy(int fd)
{
	(void)fd;
	if (fork() != 0)
		_exit(0);
}

/*
 * At most SIZE connections at the same time, WAIT ms between two.  After
 * BEGIN of them the victim begins its call.
 */
static void
storm(void (*harm)(int fd), int size, int wait, int begin)
{
	int fds[STORM_SIZE], tries, i;

	memset(fds, -1, sizeof(fds));
	for (tries = 0; !is_recalled(wait); tries++) {
		if (tries == begin)
			report_begin();
		i = tries % size;
		close(fds[i]);
		fds[i] = connect_to(SOCK_STREAM);
		if (fds[i] == -1)
			poll(NULL, 0, 1);
		else
			harm(fds[i]);
	}
}

static void
send_line(int fd)
{
	send(fd, "x\n", 2, MSG_NOSIGNAL);
}

/* By several processes, so that the queue is never empty. */
static void
storm_together(int size)
{
	pid_t child = -1;
	int i;

	for (i = 1; i < STORM_PROCESSES && child != 0; i++)
		child = fork();
	storm(send_line, size, 0, child == 0 ? -1 : 0);
	if (child == 0)
		_exit(0);
}

static void
connect_always(int fd)
{
	(void)fd;
	storm_together(STORM_SIZE);
}

/*
 * Another client, in a child.  Its descriptor is there before the client is
 * refused only if it was made before.
 */
static void
connect_and_linger(void)
{
	int file, fd;

	if (fork() != 0)
		return;
	file = make_lingering(LINGER_S);
	while ((fd = connect_to(SOCK_STREAM)) == -1 && !is_recalled(1))
		;
	if (fd != -1 && file != -1)
		pass_files(fd, 'x', &file, 1, 0);
	close(file);
	await_end();
	_exit(0);
}

/* Some of the clients that are refused take their time to be closed. */
static void
linger_or_send(int fd)
{
	static int clients;

	if (clients++ % LINGER_SHARE == 0)
		connect_and_linger();
	send_line(fd);
}

static void
connect_above_limit(int fd)
{
	(void)fd;
	storm(linger_or_send, STORM_SIZE, 5, LINGERING * LINGER_SHARE);
}

static void
connect_and_leave(int fd)
{
	(void)fd;
	storm_together(1);
}

#define SILENT	ETIMEDOUT, ETIMEDOUT
#define ABSENT	NO_END, NO_END

const struct attack attacks[] = {
	{ "lingering descriptor", linger, NULL, SILENT, NO_END,
	    SENDS_BYTES | SENDS_FILES },
	{ "lingering, nested", nest, NULL, SILENT, NO_END,
	    SENDS_BYTES | SENDS_FILES },
	{ "lingering, killed", linger, die, ANY_END, EPIPE, NO_END,
	    SENDS_BYTES | SENDS_FILES | IS_GONE },
	{ "flood of descriptors", flood, NULL, SILENT, NO_END,
	    SENDS_BYTES | SENDS_FILES | FLOODS },
	{ "252 kept untaken", hoard, NULL, SILENT, NO_END,
	    SENDS_BYTES | SENDS_FILES | HOARDS | FLOODS },
	{ "drip of bytes", NULL, drip, SILENT, 0, SENDS_BYTES | DRIPS },
	{ "never reading", NULL, NULL, SILENT, ETIMEDOUT, NEVER_READS },
	{ "half-close while full", NULL, half_close, ETIMEDOUT, EPIPE,
	    ANY_END, NEVER_READS },
	{ "out-of-band byte", press, NULL, SILENT, NO_END, IS_URGENT },
	{ "out-of-band files", press_and_linger, NULL, SILENT, NO_END,
	    IS_URGENT | SENDS_FILES },
	{ "connect storm", NULL, connect_always, ABSENT, ETIMEDOUT,
	    IS_STORM },
	{ "connect and leave", NULL, connect_and_leave, ABSENT, ETIMEDOUT,
	    IS_STORM },
	{ "over-limit storm", NULL, connect_above_limit, ABSENT, NO_END,
	    IS_STORM | EXCEEDS },
	{ "reset, unread data", NULL, reset, ECONNRESET, EPIPE, NO_END,
	    NEVER_READS | IS_GONE },
	{ "huge frame announced", announce, NULL, SILENT, NO_END,
	    SENDS_BYTES | ANNOUNCES },
	{ "stopped peer", NULL, stop, SILENT, ETIMEDOUT,
	    NEVER_READS | IS_GONE },
	{ "killed peer", NULL, die, END_OF_INPUT, EPIPE, ECONNREFUSED,
	    IS_GONE },
	{ "own end passed", pass_itself, die, ANY_END, ANY_END, NO_END,
	    SENDS_BYTES | SENDS_FILES | IS_GONE },
	{ "peer that forks", NULL, leave_copy, SILENT, ETIMEDOUT, 0 },
};

const size_t attack_count = COUNT(attacks);
