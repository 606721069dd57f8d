/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rivals for one path: many that start at once, many that crash and start
 * again, and programs that take no lock.  UNIXPORT_ROUNDS and
 * UNIXPORT_SECONDS make it longer; make stress sets them.
 */
#include "support.h"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STARTERS	50
#define RIVALS		12

static int
setting(const char *name, int usual)
{
	const char *text = getenv(name);

	return text == NULL ? usual : atoi(text);
}

/* A socket as a program makes it that knows no lock; left without a look. */
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

/* One of many: starts when GUN is closed, says whether it owns the path. */
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
	/* The owner serves until it is killed, and so leaves its file. */
	while (listener != NULL && unix_accept(listener, &ports) == 0)
		unix_close_ports(&ports);
	_exit(0);
}

static void
start_all(pid_t starter[STARTERS], int reports)
{
	int gun[2], i;

	ck_assert_int_eq(pipe(gun), 0);
	for (i = 0; i < STARTERS; i++) {
		starter[i] = fork();
		if (starter[i] == 0) {
			close(gun[1]);
			run_starter(gun[0], reports);
		}
		ck_assert_int_ne(starter[i], -1);
	}
	close(gun[0]);
	close(gun[1]);
}

static int
count_owners(int reports)
{
	int i, owners = 0;
	char byte;

	for (i = 0; i < STARTERS; i++) {
		ck_assert_int_eq(read(reports, &byte, 1), 1);
		ck_assert_int_ne(byte, 'e');
		owners += byte == 'o';
	}
	return owners;
}

/* _i: whether a stale file is there when they start. */
START_TEST(of_many_starters_exactly_one_owns_the_path)
{
	int rounds = setting("UNIXPORT_ROUNDS", 100);
	struct unix_options patient = { .connect_timeout = 5000 };
	pid_t starter[STARTERS];
	struct unix_ports client;
	int reports[2], i;

	ck_assert_int_eq(pipe(reports), 0);
	while (rounds-- > 0) {
		unlink("s");
		if (_i == 1)
			close(bind_without_lock());
		start_all(starter, reports[1]);
		ck_assert_int_eq(count_owners(reports[0]), 1);
		succeeds(unix_connect("s", &patient, &client));
		expect_end(client.in);
		succeeds(unix_close_ports(&client));
		for (i = 0; i < STARTERS; i++)
			kill(starter[i], SIGKILL);
		for (i = 0; i < STARTERS; i++)
			child_status(starter[i]);
	}
	close(reports[0]);
	close(reports[1]);
}
END_TEST

/*
 * A rival that takes the path whenever it can, is sure for a while that it
 * is the only one, and then ends: by closing, or by a crash.  The witness
 * is locked by who owns the path, until just before: the order in which a
 * crash closes descriptors is the kernel's.
 */
static void
run_rival(long long end, unsigned seed)
{
	int witness = open("witness", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct unix_listener *listener;
	int i;

	while (milliseconds() < end) {
		listener = unix_listen("s", NULL);
		if (listener == NULL) {
			if (errno != EADDRINUSE && errno != EBUSY)
				_exit(10);
			continue;
		}
		if (flock(witness, LOCK_EX | LOCK_NB) == -1)
			_exit(11);
		for (i = (int)(rand_r(&seed) % 50u); i >= 0; i--) {
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

/* It too is never displaced, although it takes no lock. */
static void
run_foreigner(long long end, unsigned seed)
{
	struct stat before, after;
	int fd, i;

	while (milliseconds() < end) {
		fd = bind_without_lock();
		if (fd == -1)
			continue;
		if (lstat("s", &before) == -1)
			_exit(13);
		for (i = (int)(rand_r(&seed) % 50u); i >= 0; i--) {
			if (lstat("s", &after) == -1 ||
			    after.st_ino != before.st_ino)
				_exit(14);
			sched_yield();
		}
		/* Half of the times it leaves its file behind. */
		if (rand_r(&seed) % 2 == 0)
			unlink("s");
		close(fd);
	}
	_exit(0);
}

static pid_t
start_rival(void (*run)(long long, unsigned), long long end, unsigned seed)
{
	pid_t child = fork();

	if (child == 0)
		run(end, seed);
	ck_assert_int_ne(child, -1);
	return child;
}

/*
 * Who was killed starts again; who ends otherwise says what he saw.  How many
 * have crashed.
 */
static unsigned
churn(int foreigners, unsigned seed)
{
	long long end = milliseconds() +
	    1000LL * setting("UNIXPORT_SECONDS", 10);
	unsigned crashes = 0;
	int status, left;

	for (left = 0; left < RIVALS; left++)
		start_rival(left < foreigners ? run_foreigner : run_rival, end,
		    seed++);
	while (left > 0) {
		ck_assert_int_ne(wait(&status), -1);
		if (WIFSIGNALED(status)) {
			start_rival(run_rival, end, seed++);
			crashes++;
			continue;
		}
		ck_assert_int_eq(WEXITSTATUS(status), 0);
		left--;
	}
	return crashes;
}

/* On a busy machine it may be that none has. */
static void
run_churn(int foreigners)
{
	unsigned seed = 1;

	while (churn(foreigners, seed) == 0)
		seed += RIVALS;
}

START_TEST(rivals_that_crash_are_never_two_and_never_displaced)
{
	run_churn(0);
}
END_TEST

START_TEST(binders_without_a_lock_are_never_displaced)
{
	run_churn(3);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("rivals");
	TCase *load = add_case(suite, "load");

	tcase_set_timeout(load, 600);
	tcase_add_loop_test(load, of_many_starters_exactly_one_owns_the_path,
	    0, 2);
	tcase_add_test(load,
	    rivals_that_crash_are_never_two_and_never_displaced);
	tcase_add_test(load, binders_without_a_lock_are_never_displaced);
	return run_suite(suite);
}
