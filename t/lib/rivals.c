/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rivals for one path: servers that start at the same time, servers that crash
 * and restart, and programs that do not use the lock.
 */
#include "config.h"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "unixport.h"

#include "rivals.h"

#define RIVALS		12
#define DISPLACED	4
#define OWNER_TIMEOUT_MS 5000	/* until the owner listens */
#define LOOKS		4u	/* maximum checks of an owner */

static long long
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/* A socket of a program that does not use the lock. */
static int
bind_without_lock(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "s" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&name, sizeof(name)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Starts when GUN is closed, and reports whether it owns the path. */
static void
run_starter(int gun, int report)
{
	struct unix_listener *listener;
	struct unix_ports ports;
	char byte;

	while (read(gun, &byte, 1) > 0)
		;
	listener = unix_listen("s", NULL);
	byte = listener != NULL ? 'o' : errno == EADDRINUSE ||
	    errno == EBUSY ? 'n' : 'e';
	if (write(report, &byte, 1) != 1)
		_exit(1);
	/* The owner serves until it is killed, and leaves its file. */
	while (listener != NULL && unix_accept(listener, &ports) == 0)
		unix_close_ports(&ports);
	_exit(0);
}

/* Returns the number of started processes. */
static int
start_all(pid_t starter[STARTERS], int reports)
{
	int gun[2], i;

	if (pipe(gun) == -1)
		return 0;
	for (i = 0; i < STARTERS; i++) {
		starter[i] = fork();
		if (starter[i] == -1)
			break;
		if (starter[i] == 0) {
			close(gun[1]);
			run_starter(gun[0], reports);
		}
	}
	close(gun[0]);
	close(gun[1]);
	return i;
}

static const char *
judge(int reports, int count)
{
	int owners = 0;
	char byte;

	while (count-- > 0) {
		if (read(reports, &byte, 1) != 1)
			return "a starter ended without a word";
		if (byte == 'e')
			return "an error that no starter should see";
		owners += byte == 'o';
	}
	return owners == 1 ? NULL : owners == 0 ? "no process owns the path" :
	    "more than one own the path";
}

/*
 * Checks that the owner of the path serves a client.  Returns the failure, or
 * NULL.
 */
static const char *
visit(void)
{
	struct unix_options patient = { .connect_timeout = OWNER_TIMEOUT_MS };
	struct unix_ports client;
	int came;

	if (unix_connect("s", &patient, &client) == -1)
		return "the owner cannot be reached";
	came = getc(client.in);
	unix_close_ports(&client);
	return came == EOF ? NULL : "the owner does not serve";
}

const char *
try_starters(int is_stale)
{
	pid_t starter[STARTERS];
	const char *wrong;
	int reports[2], i, count;

	unlink("s");
	if (is_stale)
		close(bind_without_lock());
	if (pipe(reports) == -1)
		return "no pipe";
	count = start_all(starter, reports[1]);
	wrong = judge(reports[0], count);
	if (wrong == NULL)
		wrong = visit();
	for (i = 0; i < count; i++)
		kill(starter[i], SIGKILL);
	for (i = 0; i < count; i++)
		waitpid(starter[i], NULL, 0);
	close(reports[0]);
	close(reports[1]);
	return count < STARTERS ? "not all could start" : wrong;
}

/*
 * A rival takes the path whenever it can, checks for a while that it is the
 * only owner, and then closes or crashes.  The owner holds the lock of the
 * witness until just before its end, since the kernel closes the descriptors of
 * a crashed process in any order.
 */
static void
run_rival(long long end, unsigned seed)
{
	int witness = open("witness", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct unix_listener *listener;
	int i;

	while (now() < end) {
		listener = unix_listen("s", NULL);
		if (listener == NULL) {
			if (errno != EADDRINUSE && errno != EBUSY)
				_exit(10);
			continue;
		}
		if (flock(witness, LOCK_EX | LOCK_NB) == -1)
			_exit(11);
		for (i = (int)(rand_r(&seed) % LOOKS); i >= 0; i--) {
			if (unix_listener_owns_path(listener) != 1)
				_exit(12);
			sched_yield();
		}
		flock(witness, LOCK_UN);
		if (rand_r(&seed) % 2 == 0)
			raise(SIGKILL);
		unix_close(listener);
	}
	_exit(0);
}

/* A program that takes no lock, and must not be displaced either. */
static void
run_foreigner(long long end, unsigned seed)
{
	struct stat before, after;
	int fd, i;

	while (now() < end) {
		fd = bind_without_lock();
		if (fd == -1)
			continue;
		if (lstat("s", &before) == -1)
			_exit(13);
		for (i = (int)(rand_r(&seed) % LOOKS); i >= 0; i--) {
			if (lstat("s", &after) == -1 ||
			    after.st_ino != before.st_ino)
				_exit(14);
			sched_yield();
		}
		/* In half of the cases the file is left behind. */
		if (rand_r(&seed) % 2 == 0)
			unlink("s");
		close(fd);
	}
	_exit(0);
}

#ifdef O_PATH
/* Whether a client that connects to FILE comes to the listening socket FD. */
static int
is_file_of(int file, int fd)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);
	int server = -1;

	snprintf(name.sun_path, sizeof(name.sun_path), "/proc/self/fd/%d",
	    file);
	if (connect(client, (struct sockaddr *)&name, sizeof(name)) == 0)
		server = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	close(client);
	if (server == -1)
		return 0;
	close(server);
	return 1;
}

/* Looks several times whether the file of the listening socket is removed. */
static int
is_removed(int file, unsigned looks)
{
	struct stat status = { .st_nlink = 1 };

	for (; looks > 0 && status.st_nlink > 0; looks--) {
		if (fstat(file, &status) == -1)
			_exit(10);
		sched_yield();
	}
	return status.st_nlink == 0;
}

/*
 * A program that removes any file at the path and listens there.  Another
 * program may take the path, but must not remove the file.  If a rival takes it
 * before open(2), the file is the rival's.
 */
static void
run_displacer(long long end, unsigned seed)
{
	int fd, file, i;

	while (now() < end) {
		unlink("s");
		fd = bind_without_lock();
		if (fd == -1)
			continue;
		file = open("s", O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (file != -1 && listen(fd, 1) == 0 &&
		    fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
		    is_file_of(file, fd) &&
		    is_removed(file, 1 + rand_r(&seed) % LOOKS))
			_exit(13);
		close(file);
		close(fd);
		for (i = (int)(rand_r(&seed) % LOOKS); i >= 0; i--)
			sched_yield();
	}
	_exit(0);
}

/* A rival that crashes often and can be displaced at any time. */
static void
run_displaced(long long end, unsigned seed)
{
	struct unix_listener *listener;

	while (now() < end) {
		listener = unix_listen("s", NULL);
		if (listener == NULL && errno != EADDRINUSE &&
		    errno != EBUSY && errno != ENOENT)
			_exit(10);
		if (rand_r(&seed) % 8 == 0)
			raise(SIGKILL);
		unix_close(listener);
	}
	_exit(0);
}
#endif

static int
start_rival(void (*run)(long long, unsigned), long long end, unsigned seed)
{
	pid_t child = fork();

	if (child == 0)
		run(end, seed);
	return child == -1 ? 0 : 1;
}

static const char *
verdict(int status)
{
	static const char *const verdicts[] = {
		"an error that no rival should see",
		"two rivals own the path",
		"a rival was displaced",
		"the file of a program without a lock was removed",
		"a program without a lock was displaced"
	};
	unsigned code = (unsigned)WEXITSTATUS(status);

	if (status == 0)
		return NULL;
	return code < 10 || code > 14 ? "a rival ended badly" :
	    verdicts[code - 10];
}

/*
 * OUR_COUNT processes run OURS, and are restarted if killed; the rest of COUNT
 * run OTHERS.  Returns the first failure of OURS, or NULL.
 */
static const char *
compete(void (*ours)(long long, unsigned), int our_count,
    void (*others)(long long, unsigned), int count, long long end,
    unsigned seed, unsigned *crashes)
{
	const char *wrong = NULL, *told;
	int status, left = 0, i;

	*crashes = 0;
	for (i = 0; i < count; i++)
		left += start_rival(i < our_count ? ours : others, end,
		    seed++);
	while (left > 0 && wait(&status) != -1) {
		left--;
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
			left += start_rival(ours, end, seed++);
			++*crashes;
			continue;
		}
		told = verdict(status);
		if (wrong == NULL)
			wrong = told;
	}
	return wrong;
}

const char *
try_rivals(int foreigners, int time, unsigned seed, unsigned *crashes)
{
	return compete(run_rival, RIVALS - foreigners, run_foreigner, RIVALS,
	    now() + time, seed, crashes);
}

const char *
try_displacers(int time, unsigned seed, unsigned *crashes)
{
#ifdef O_PATH
	return compete(run_displaced, DISPLACED, run_displacer, DISPLACED + 1,
	    now() + time, seed, crashes);
#else
	(void)time;
	(void)seed;
	*crashes = 1;
	return NULL;
#endif
}
