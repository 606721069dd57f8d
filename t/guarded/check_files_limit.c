/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors that are not taken: the connections of a process keep at most
 * half of RLIMIT_NOFILE, so that their peers cannot use up its descriptors.
 */
#include "support.h"

#include <sys/resource.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "files.h"
#include "lingering.h"

#define PEERS		4
#define HALF		(DESCRIPTORS / 2)
#define MESSAGES	100	/* from each peer */

static struct unix_ports ports[PEERS];
static int strangers[PEERS];

/* 1024 is the usual limit, and the tests examine these numbers. */
static void
limit_descriptors(rlim_t count)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = count;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void
open_all(void)
{
	int i;

	limit_descriptors(DESCRIPTORS);
	for (i = 0; i < PEERS; i++)
		strangers[i] = open_before_stranger(&ports[i], UNIX_FILES);
}

static void
close_all(void)
{
	int i;

	for (i = 0; i < PEERS; i++) {
		succeeds(unix_close_ports(&ports[i]));
		ck_assert_int_eq(close(strangers[i]), 0);
	}
}

static int
take_all(struct unix_ports *from)
{
	int fd, count = 0;

	while ((fd = unix_take_file(from)) != -1) {
		ck_assert_int_eq(close(fd), 0);
		count++;
	}
	return count;
}

static void
receive_most(int peer)
{
	raw_send(strangers[peer], "\n", (struct raw){ .count = MAX_FILES });
	expect(ports[peer].in, "\n");
}

START_TEST(peers_keep_half_of_the_limit_at_most)
{
	int before, kept, i, count[PEERS];

	open_all();
	before = open_descriptors();
	for (i = 0; i < PEERS; i++)
		receive_most(i);
	kept = open_descriptors() - before;
	ck_assert_int_ge(kept, MAX_FILES);
	ck_assert_int_lt(kept, HALF);
	for (i = 0; i < PEERS; i++) {
		count[i] = take_all(&ports[i]);
		ck_assert_int_eq(errno, count[i] < MAX_FILES ? EBADMSG :
		    ENOMSG);
		kept -= count[i];
		ck_assert_int_gt(count[i], 0);
	}
	ck_assert_int_eq(count[0], MAX_FILES);
	ck_assert_int_eq(kept, 0);
	close_all();
}
END_TEST

START_TEST(taken_files_make_room)
{
	int i;

	open_all();
	for (i = 0; i < 3; i++)
		receive_most(i);
	ck_assert_int_eq(take_all(&ports[0]), MAX_FILES);
	succeeds(unix_close_ports(&ports[1]));
	succeeds(unix_close_ports(&ports[2]));
	receive_most(3);
	ck_assert_int_eq(take_all(&ports[3]), MAX_FILES);
	ck_assert_int_eq(errno, ENOMSG);
	close_all();
}
END_TEST

START_TEST(small_limit_of_descriptors_keeps_few)
{
	open_all();
	limit_descriptors(100);
	raw_send(strangers[0], "\n", (struct raw){ .count = 60 });
	expect(ports[0].in, "\n");
	ck_assert_int_eq(take_all(&ports[0]), 25);
	ck_assert_int_eq(errno, EBADMSG);
	limit_descriptors(DESCRIPTORS);
	close_all();
}
END_TEST

/* Peers that flood at the same time, each with its own thread. */

static void *
flood(void *stranger)
{
	int files[MAX_FILES];
	int file = make_file(1);
	int i, error;

	for (i = 0; i < MAX_FILES; i++)
		files[i] = file;
	for (i = 0; i < MESSAGES; i++)
		/*
		 * Linux limits the descriptors in flight of an ordinary user.
		 */
		while ((error = try_pass(*(int *)stranger, "\n", 0, files,
		    MAX_FILES)) != 0) {
			ck_assert_int_eq(error, ETOOMANYREFS);
			sched_yield();
		}
	ck_assert_int_eq(close(file), 0);
	return NULL;
}

static void *
receive_flood(void *from)
{
	struct unix_ports *in = from;
	int i;

	for (i = 0; i < MESSAGES; i++)
		ck_assert_int_eq(getc(in->in), '\n');
	return NULL;
}

/*
 * The process has 200, peers can use half of the limit, and a message has 253.
 */
START_TEST(peers_that_flood_together_leave_descriptors)
{
	pthread_t senders[PEERS], receivers[PEERS];
	int own[200];
	size_t i, round;

	open_all();
	for (i = 0; i < PEERS; i++) {
		senders[i] = start_thread(flood, &strangers[i]);
		receivers[i] = start_thread(receive_flood, &ports[i]);
	}
	for (round = 0; round < 50; round++) {
		for (i = 0; i < COUNT(own); i++) {
			own[i] = fcntl(strangers[0], F_DUPFD_CLOEXEC, 3);
			ck_assert_int_ne(own[i], -1);
		}
		for (i = 0; i < COUNT(own); i++)
			ck_assert_int_eq(close(own[i]), 0);
	}
	for (i = 0; i < PEERS; i++) {
		join_thread(senders[i]);
		join_thread(receivers[i]);
	}
	close_all();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *limit = add_case(suite, "limit");
	TCase *together = add_case(suite, "together");

	tcase_add_test(limit, peers_keep_half_of_the_limit_at_most);
	tcase_add_test(limit, taken_files_make_room);
	tcase_add_test(limit, small_limit_of_descriptors_keeps_few);
	tcase_add_test(together, peers_that_flood_together_leave_descriptors);
}

int
main(void)
{
	return run_guarded("files_limit", fill);
}
