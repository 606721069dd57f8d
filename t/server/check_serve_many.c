/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thousand concurrent clients of unix_serve(), or the number that
 * RLIMIT_NOFILE permits.  They are in another process.
 */
#include "servers.h"

#include <sys/resource.h>
#include <unistd.h>

#define MANY_CLIENTS		1000
#define EXCHANGES	3

static struct server server;
static struct gate gate = GATE;
static struct unix_ports clients[MANY_CLIENTS];

/* Returns the number of clients. */
static int
raise_limit(void)
{
	const rlim_t wanted = MANY_CLIENTS + 100;
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_cur < wanted)
		limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max :
		    wanted;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	return limit.rlim_cur < wanted ? (int)limit.rlim_cur - 100 :
	    MANY_CLIENTS;
}

static int
open_now(void)
{
	int fd, count = 0;

	for (fd = 0; fd < MANY_CLIENTS + 200; fd++)
		count += dup2(fd, fd) == fd;
	return count;
}

static void
visit(int count)
{
	int i, turn;

	for (i = 0; i < count; i++)
		enter(&clients[i]);
	for (turn = 0; turn < EXCHANGES; turn++) {
		for (i = 0; i < count; i++)
			say(clients[i].out, "hello\n");
		for (i = 0; i < count; i++)
			expect(clients[i].in, "hello\n");
	}
	for (i = 0; i < count; i++)
		leave(&clients[i]);
	_exit(0);
}

START_TEST(thousand_clients_are_served_concurrently)
{
	int count = raise_limit();
	const struct unix_serve_options options = {
		.clients = (unsigned)count, .stack_size = 256 << 10 };
	int before = open_now();
	pid_t child;

	server.listener = listen_at("s", NULL);
	child = fork();
	if (child == 0)
		visit(count);
	server.context = &gate;
	serve(&server, wait_and_echo, &options);
	await_entered(&gate, (unsigned)count);
	open_gate(&gate);
	ck_assert_int_eq(child_status(child), 0);
	end_server(&server);
	ck_assert_uint_eq(gate.most, (unsigned)count);
	ck_assert_int_eq(open_now(), before);
}
END_TEST

static void
fill(Suite *suite)
{
	tcase_add_test(add_case(suite, "many"),
	    thousand_clients_are_served_concurrently);
}

int
main(void)
{
	return run_guarded("serve_many", fill);
}
