/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads with their own descriptor tables.  In such a thread, a number refers
 * to another file than in the main thread, whose table /proc/self/fd shows.
 */
#include "support.h"

#include <sys/syscall.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

/* glibc 2.31 lacks it. */
#ifndef SYS_close_range
#define SYS_close_range	__NR_close_range
#endif

#define FIRST_FREE_FD	3
#define LAST	60

static pthread_barrier_t both;
static struct unix_listener *live;

/* Containers can reject unshare(2), but not this call. */
static void
leave_table(void)
{
	const unsigned unshare_table = 2, none = ~0U;

	if (unshare(CLONE_FILES) == -1)
		ck_assert_int_eq(syscall(SYS_close_range, none, none,
		    unshare_table), 0);
}

/* Every low number refers to FILE in the table of the other threads. */
static void
fill_table(const char *file, char made[LAST])
{
	int fd = open(file, O_PATH | O_CLOEXEC), number;

	ck_assert_int_ne(fd, -1);
	for (number = FIRST_FREE_FD; number < LAST; number++) {
		made[number] = fcntl(number, F_GETFD) == -1;
		if (made[number])
			ck_assert_int_eq(dup3(fd, number, O_CLOEXEC), number);
	}
	close(fd);
}

static void
empty_table(const char made[LAST])
{
	int number;

	for (number = FIRST_FREE_FD; number < LAST; number++)
		if (made[number])
			close(number);
}

static void *
work_apart(void *argument)
{
	void (*const *body)(void) = argument;

	leave_table();
	pthread_barrier_wait(&both);
	pthread_barrier_wait(&both);
	(*body)();
	return NULL;
}

/* Runs BODY in a thread with its own table; FILE fills the other table. */
static void
run_apart(void (*body)(void), const char *file)
{
	char made[LAST];
	pthread_t thread;

	ck_assert_int_eq(pthread_barrier_init(&both, NULL, 2), 0);
	thread = start_thread(work_apart, &body);
	pthread_barrier_wait(&both);
	fill_table(file, made);
	pthread_barrier_wait(&both);
	join_thread(thread);
	empty_table(made);
	ck_assert_int_eq(pthread_barrier_destroy(&both), 0);
}

static void
cannot_take_path(void)
{
	cannot_listen("s", NULL, EADDRINUSE);
}

START_TEST(live_server_is_not_displaced)
{
	struct unix_options keep = { .flags = UNIX_KEEP };

	succeeds(unix_close(listen_at("stale", &keep)));
	live = listen_at("s", NULL);
	run_apart(cannot_take_path, "stale");
	expect_reachable(live, "s");
	succeeds(unix_close(live));
}
END_TEST

static char deep[256];

static void
reach_deep(void)
{
	struct unix_ports client;

	succeeds(unix_connect(deep, of_kind(NULL), &client));
	succeeds(unix_abandon_ports(&client));
}

START_TEST(long_path_leads_to_its_server)
{
	struct unix_options once = { .accept_timeout = -1 };
	struct unix_listener *other = listen_at("other", &once);
	struct unix_ports client;

	make_path(deep, 250);
	live = listen_at(deep, NULL);
	run_apart(reach_deep, "other");
	fails(unix_accept(other, &client), ETIMEDOUT);
	succeeds(unix_accept(live, &client));
	succeeds(unix_abandon_ports(&client));
	succeeds(unix_close(live));
	succeeds(unix_close(other));
}
END_TEST

static void
listen_deep(void)
{
	struct unix_listener *listener = listen_at(deep, NULL);

	answers(unix_listener_owns_path(listener), 1);
	succeeds(unix_close(listener));
}

START_TEST(long_path_is_bound_in_its_directory)
{
	make_path(deep, 250);
	run_apart(listen_deep, "/");
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *table = add_case(suite, "table");

	tcase_add_test(table, live_server_is_not_displaced);
	tcase_add_test(table, long_path_leads_to_its_server);
	tcase_add_test(table, long_path_is_bound_in_its_directory);
}

int
main(void)
{
	return run_kinds("descriptor_table", fill);
}
