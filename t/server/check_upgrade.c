/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server that is replaced repeatedly while clients connect: by its child,
 * which then owns the file, and by execve(2).  No client is refused or remains
 * without an answer.  UNIXPORT_UPGRADES sets the number.
 */
#include "support.h"

#include <sys/stat.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#define CLIENTS		4	/* threads that connect without a pause */
#define SERVED		5	/* clients of each generation, at least */

static char program[PATH_MAX];	/* this program, which is also each next one */
static int generations;
static struct unix_listener *listener;

/* The results of clients: all must be answered. */
struct load {
	unsigned long answered, refused, lost;
};

static int
generation_that_answers(struct load *load)
{
	struct unix_ports ports;
	char line[20] = "";

	if (unix_connect("s", NULL, &ports) == -1) {
		load->refused++;
		return 0;
	}
	if (fgets(line, sizeof(line), ports.in) == NULL)
		load->lost++;
	else
		load->answered++;
	unix_abandon_ports(&ports);
	return atoi(line);
}

/* Connects until the last generation serves or has failed. */
static void *
connect_often(void *argument)
{
	struct load *load = argument;

	while (load->refused + load->lost == 0 &&
	    generation_that_answers(load) < generations)
		;
	return argument;
}

/* Waits until all generations have served, and checks the results. */
static void
expect_all_answered(void)
{
	struct load load[CLIENTS] = { { .answered = 0 } };
	unsigned long answered = 0;
	pthread_t thread[CLIENTS];
	int i;

	for (i = 0; i < CLIENTS; i++)
		thread[i] = start_thread(connect_often, &load[i]);
	for (i = 0; i < CLIENTS; i++) {
		join_thread(thread[i]);
		ck_assert_uint_eq(load[i].refused, 0);
		ck_assert_uint_eq(load[i].lost, 0);
		answered += load[i].answered;
	}
	printf("# %d upgrades: %lu clients answered, 0 refused\n",
	    generations - 1, answered);
}

static void
answer(struct unix_ports *ports, int generation)
{
	fprintf(ports->out, "%d\n", generation);
	unix_close_ports(ports);
}

/* The number of clients of a generation; the last answers each of them once. */
static int
clients_of(int generation)
{
	return generation == generations ? CLIENTS : SERVED;
}

/*
 * Serves, then starts a child that continues.  Returns the status of the last
 * generation in its own process.
 */
static int
serve_by_children(void)
{
	struct unix_ports ports;
	int generation, i;

	for (generation = 1;; generation++) {
		if (generation > 1 && unix_own(listener) == -1)
			return 10;
		for (i = 0; i < clients_of(generation); i++) {
			if (unix_accept(listener, &ports) == -1)
				return 11;
			answer(&ports, generation);
		}
		if (generation == generations)
			return unix_close(listener) == -1 ? 12 :
			    access("s", F_OK) == 0 ? 13 : 0;
		switch (fork()) {
		case -1:
			return 14;
		case 0:
			break;
		default:
			_exit(unix_abandon(listener));
		}
	}
}

START_TEST(child_takes_over_without_a_refused_client)
{
	char status = 99;
	int ends[2];
	pid_t child;

	listener = listen_at("s", NULL);
	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		if (unix_own(listener) == -1)
			_exit(20);
		status = (char)serve_by_children();
		_exit(write(ends[1], &status, 1) == 1 ? 0 : 21);
	}
	succeeds(unix_abandon(listener));
	close(ends[1]);
	expect_all_answered();
	ck_assert_int_eq(child_status(child), 0);
	ck_assert_int_eq(read(ends[0], &status, 1), 1);
	ck_assert_int_eq(status, 0);
	close(ends[0]);
}
END_TEST

/* The context of handlers: the last client of a generation ends it. */
struct generation {
	int number;
	_Atomic int served;
};

static void
answer_and_count(struct unix_ports *ports, void *context)
{
	struct generation *generation = context;

	fprintf(ports->out, "%d\n", generation->number);
	if (++generation->served == clients_of(generation->number))
		unix_interrupt(listener);
}

/* Returns the status of the last program, or of the first that fails. */
static int
serve_and_execute(const char *address, int number)
{
	const struct unix_options options = { .flags = UNIX_GUARDED |
	    UNIX_INHERIT };
	struct generation generation = { .number = number };
	char next[20], count[20], total[20];

	listener = unix_listen(address, &options);
	if (listener == NULL)
		return 30;
	if (unix_serve(listener, answer_and_count, &generation, NULL) == -1)
		return 31;
	if (number == generations)
		return unix_close(listener) == -1 ? 32 : 0;
	snprintf(next, sizeof(next), "fd:%d", unix_listener_fileno(listener));
	snprintf(count, sizeof(count), "%d", number + 1);
	snprintf(total, sizeof(total), "%d", generations);
	execl(program, program, next, count, total, (char *)NULL);
	return 33;
}

START_TEST(next_program_takes_over_without_a_refused_client)
{
	const struct unix_options inherit = { .flags = UNIX_GUARDED |
	    UNIX_INHERIT };
	char address[20];
	struct stat status;
	pid_t child;

	listener = listen_at("s", &inherit);
	snprintf(address, sizeof(address), "fd:%d",
	    unix_listener_fileno(listener));
	child = fork();
	if (child == 0)
		_exit(serve_and_execute(address, 1));
	succeeds(unix_abandon(listener));
	expect_all_answered();
	ck_assert_int_eq(child_status(child), 0);
	/* No process owned the file: it is stale, and reclaimed. */
	ck_assert_int_eq(lstat("s", &status), 0);
	succeeds(unix_close(listen_at("s", NULL)));
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

int
main(int argc, char *argv[])
{
	const char *upgrades = getenv("UNIXPORT_UPGRADES");
	Suite *suite;
	TCase *tests;

	if (realpath(argv[0], program) == NULL)
		return 40;
	if (argc == 4) {
		generations = atoi(argv[3]);
		return serve_and_execute(argv[1], atoi(argv[2]));
	}
	generations = 1 + (upgrades == NULL ? 100 : atoi(upgrades));
	suite = suite_create("upgrade");
	tests = add_case(suite, "upgrade");
	tcase_add_test(tests, child_takes_over_without_a_refused_client);
	tcase_add_test(tests, next_program_takes_over_without_a_refused_client);
	return run_suite(suite);
}
