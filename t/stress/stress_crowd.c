/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A crowd: the maximum number of connections that RLIMIT_NOFILE permits, with
 * both ends in this process.  All are idle, then all talk, then all close.
 */
#include "stress.h"

#include <sys/resource.h>

#define MAX_CLIENTS		5000
#define SPARE_DESCRIPTORS	64
#define TURNS		2
#define GROUP_CLIENTS		250	/* that close at the same time */

static struct unix_ports client[MAX_CLIENTS], server[MAX_CLIENTS];
static unsigned order[MAX_CLIENTS];
static struct unix_buffer buffer;
static int is_plain;

/* Plain ports take two descriptors, and there are two ends. */
static unsigned
get_size(void)
{
	const rlim_t each = is_plain ? 4 : 2;
	struct rlimit limit;

	need(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	if (limit.rlim_cur >= MAX_CLIENTS * each + SPARE_DESCRIPTORS)
		return MAX_CLIENTS;
	return (unsigned)((limit.rlim_cur - SPARE_DESCRIPTORS) / each);
}

static void
shuffle(unsigned size)
{
	unsigned i, j, kept;

	for (i = 0; i < size; i++)
		order[i] = i;
	for (i = 0; i < size; i++) {
		j = i + pick(size - i);
		kept = order[i];
		order[i] = order[j];
		order[j] = kept;
	}
}

static void
open_all(unsigned size, const struct unix_options *options)
{
	struct unix_listener *listener = unix_listen("s", options);
	unsigned i;

	need(listener != NULL);
	for (i = 0; i < size; i++) {
		need(unix_connect("s", options, &client[i]) == 0);
		need(unix_accept(listener, &server[i]) == 0);
	}
	need(unix_close(listener) == 0);
	shared->connections += size;
}

/* No connection has input before anything was sent. */
static void
expect_idle(unsigned size)
{
	unsigned i;

	for (i = 0; i < size; i++)
		need(unix_input_ready(&server[order[i]], 0) == 0);
}

/* Sends a message over each connection before one is read. */
static void
send_all(struct unix_ports *from, struct unix_ports *to, unsigned size,
    uint32_t seed, unsigned number)
{
	unsigned i, one;

	shuffle(size);
	for (i = 0; i < size; i++) {
		one = order[i];
		need(say(from[one].out, seed + one, number) == 0);
		need(fflush(from[one].out) == 0);
	}
	shuffle(size);
	for (i = 0; i < size; i++) {
		one = order[i];
		need(hear(to[one].in, &buffer, seed + one, number) == 1);
	}
}

/* Closes COUNT connections from number FIRST.  Each is half-closed first. */
static void
close_group(unsigned first, unsigned count)
{
	struct unix_ports *clients = client + first, *servers = server + first;
	unsigned i;

	shuffle(count);
	for (i = 0; i < count; i++)
		need(unix_close_output(&clients[order[i]]) == 0);
	for (i = 0; i < count; i++) {
		need(getc(servers[i].in) == EOF);
		need(unix_close_ports(&servers[i]) == 0);
	}
	for (i = 0; i < count; i++) {
		need(getc(clients[order[i]].in) == EOF);
		need(unix_close_ports(&clients[order[i]]) == 0);
	}
}

/* The newest is closed first: glibc searches its list of streams from there. */
static void
close_all(unsigned size)
{
	for (; size > GROUP_CLIENTS; size -= GROUP_CLIENTS)
		close_group(size - GROUP_CLIENTS, GROUP_CLIENTS);
	close_group(0, size);
}

static void
run(unsigned flags)
{
	const struct unix_options options = { .flags = flags,
	    .sigpipe = UNIX_SIGPIPE_IGNORE };
	unsigned size, turn;
	uint32_t seed = new_seed();

	is_plain = flags == 0;
	size = get_size();
	open_all(size, &options);
	shuffle(size);
	expect_idle(size);
	for (turn = 0; turn < TURNS; turn++) {
		send_all(client, server, size, seed, turn);
		send_all(server, client, size, seed + size, turn);
	}
	close_all(size);
	unix_free_buffer(&buffer);
}

static void
run_plain(unsigned number)
{
	(void)number;
	run(0);
}

static void
run_guarded(unsigned number)
{
	(void)number;
	run(UNIX_GUARDED);
}

const struct scenario crowd[] = {
	{ "crowd/plain", run_plain, NULL, 0 },
	{ "crowd/guarded", run_guarded, NULL, 0 },
	{ NULL, NULL, NULL, 0 }
};
