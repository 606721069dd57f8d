/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hostile clients of a server that receives lines, frames and descriptors.  The
 * server enforces its limits, and serves an honest client at the same time,
 * even if it has no free descriptor.
 */
#include "stress.h"

#include <sys/resource.h>
#include <unistd.h>

#define HOSTILE_CLIENTS		6	/* at a time */
#define STARTS			20	/* in each cycle */
#define ATTACKS			4	/* of each client */
#define HONEST_CLIENTS		2
#define SERVED_CLIENTS		6	/* below the number of clients */
#define MESSAGES		10	/* of an honest client */
#define MESSAGE_LIMIT_BYTES	4096
#define MAX_WAITING_FILES	252	/* received and not taken */
#define TIMEOUT_MS		100
#define SPARE_DESCRIPTORS	10	/* during a shortage */
#define FLOOD_DESCRIPTORS	16384	/* limit for all floods together */

static struct unix_listener *listener;
static int is_short;
static _Atomic unsigned served;	/* at this time */

/* The server. */

static int
say_in_kind(struct unix_ports *ports, uint32_t seed, unsigned number)
{
	return is_short ? say(ports->out, seed, number) :
	    say_files(ports, seed, number);
}

static void
take_in_kind(struct unix_ports *ports, uint32_t seed, unsigned number)
{
	if (!is_short)
		take_files(ports, seed, number);
}

/* Timeouts are not an error, since an honest client may be slow. */
static void
answer_honest(struct unix_ports *ports, struct unix_buffer *buffer,
    uint32_t seed)
{
	unsigned number = 0;
	int result;

	for (;;) {
		result = hear(ports->in, buffer, seed, number);
		if (result == 0)
			break;
		if (result == -1 && errno == ETIMEDOUT)
			continue;
		if (result == -1)
			give_up("honest question: %s", strerror(errno));
		take_in_kind(ports, seed, number);
		if (say_in_kind(ports, seed + 1, number++) == -1)
			give_up("honest answer: %s", strerror(errno));
	}
	need(number == MESSAGES);
}

/* Receives lines and frames in turn, and returns them. */
static int
answer_one(struct unix_ports *ports, struct unix_buffer *buffer,
    unsigned number)
{
	int result = number % 2 == 0 ?
	    unix_get_line(ports->in, buffer, MESSAGE_LIMIT_BYTES) :
	    unix_get_frame(ports->in, buffer, MESSAGE_LIMIT_BYTES);

	if (result != 1)
		return result;
	need(buffer->length <= MESSAGE_LIMIT_BYTES);
	need(buffer->capacity <= 2 * MESSAGE_LIMIT_BYTES);
	shared->bytes += buffer->length;
	return unix_put_frame(ports->out, buffer->bytes,
	    buffer->length) == 0 ? 1 : -1;
}

/* Checks that the number of received descriptors is within the limit. */
static void
count_files(struct unix_ports *ports)
{
	int count = 0, file;

	for (;;) {
		file = unix_take_file(ports);
		if (file == -1 && errno == ENOMSG)
			break;
		need(file != -1 || errno == EBADMSG);
		if (file != -1)
			close(file);
		count += file != -1;
	}
	need(count <= MAX_WAITING_FILES);
}

static void
answer(struct unix_ports *ports, void *context)
{
	struct unix_buffer buffer = { .bytes = NULL };
	unsigned long seed;
	unsigned number = 0;
	int result;

	(void)context;
	need(++served <= SERVED_CLIENTS);
	while ((result = answer_one(ports, &buffer, number)) == 1)
		if (number++ == 0 &&
		    sscanf(buffer.bytes, "honest %lu", &seed) == 1) {
			answer_honest(ports, &buffer, (uint32_t)seed);
			break;
		}
	if (result == -1)
		need(errno == EMSGSIZE || errno == EBADMSG ||
		    errno == ETIMEDOUT || errno == ECONNRESET ||
		    errno == EPIPE);
	if (pick(2) == 0)
		count_files(ports);
	unix_free_buffer(&buffer);
	served--;
}

static void *
serve(void *argument)
{
	const struct unix_serve_options options = { .clients = SERVED_CLIENTS,
	    .drain = DRAIN_MS };

	need(unix_serve(listener, answer, NULL, &options) == 0);
	return argument;
}

/* An honest client. */

/* Returns 0 if the server has closed after its timeout, since we were slow. */
static int
greet(struct unix_ports *ports, struct unix_buffer *buffer, uint32_t seed)
{
	const struct unix_options options = {
		.flags = UNIX_GUARDED | UNIX_FILES };
	long long start = milliseconds();

	errno = 0;
	need(unix_connect("s", &options, ports) == 0);
	shared->connections++;
	fprintf(ports->out, "honest %lu\n", (unsigned long)seed);
	if (unix_get_frame(ports->in, buffer, MESSAGE_LIMIT_BYTES) == 1)
		return 1;
	need(milliseconds() - start >= TIMEOUT_MS);
	unix_close_ports(ports);
	return 0;
}

static void
talk_honestly(void)
{
	struct unix_buffer buffer = { .bytes = NULL };
	uint32_t seed = new_seed();
	struct unix_ports ports;
	unsigned number;

	while (!greet(&ports, &buffer, seed))
		;
	for (number = 0; number < MESSAGES; number++) {
		need(say_in_kind(&ports, seed, number) == 0);
		need(hear(ports.in, &buffer, seed + 1, number) == 1);
		take_in_kind(&ports, seed + 1, number);
	}
	need(unix_close_ports(&ports) == 0);
	unix_free_buffer(&buffer);
	shared->events++;
}

/* The clients, in separate processes. */

static void
attack_often(void)
{
	int i;

	for (i = 0; i < ATTACKS; i++)
		attack();
}

static void
run_clients(void)
{
	pid_t honest[HONEST_CLIENTS], attackers;
	int i;

	need(unix_close(listener) == 0);
	attackers = split();
	if (attackers == 0) {
		drive(attack_often, HOSTILE_CLIENTS, STARTS);
		_exit(0);
	}
	for (i = 0; i < HONEST_CLIENTS; i++) {
		honest[i] = split();
		if (honest[i] != 0)
			continue;
		do
			talk_honestly();
		while (!shared->ending);
		_exit(0);
	}
	await(attackers);
	shared->ending = 1;
	for (i = 0; i < HONEST_CLIENTS; i++)
		await(honest[i]);
	_exit(0);
}

static int
is_limited(void)
{
	struct rlimit limit;

	need(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	return limit.rlim_cur < FLOOD_DESCRIPTORS;
}

/* Leaves SPARE free descriptors.  If SPARE is 0, restores the limit. */
static void
limit_descriptors(int spare)
{
	static struct rlimit usual;
	struct rlimit limit;
	int next;

	if (spare == 0) {
		need(setrlimit(RLIMIT_NOFILE, &usual) == 0);
		return;
	}
	need(getrlimit(RLIMIT_NOFILE, &usual) == 0);
	limit = usual;
	next = dup(0);
	need(next != -1);
	close(next);
	limit.rlim_cur = (rlim_t)(next + spare);
	need(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

static void
run_hostile(unsigned number)
{
	const struct unix_options options = {
		.flags = UNIX_GUARDED | UNIX_FILES, .backlog = 64,
		.read_timeout = TIMEOUT_MS, .write_timeout = TIMEOUT_MS
	};
	pthread_t server;
	pid_t clients;

	is_short = number % 3 == 2 || is_limited();
	listener = unix_listen("s", &options);
	need(listener != NULL);
	clients = split();
	if (clients == 0)
		run_clients();
	if (is_short)
		limit_descriptors(SPARE_DESCRIPTORS);
	server = start_thread(serve, NULL);
	await(clients);
	need(unix_interrupt(listener) == 0);
	join_thread(server);
	if (is_short)
		limit_descriptors(0);
	need(unix_close(listener) == 0);
}

const struct scenario hostile[] = {
	{ "hostile", run_hostile, "honest talks", 0 },
	{ NULL, NULL, NULL, 0 }
};
