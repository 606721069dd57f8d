/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that share ports: at both ends several threads write and one reads.
 * They end, or the connection is hung up, or they are cancelled.
 */
#include "stress.h"

#include <arpa/inet.h>

#define WRITERS		2	/* at each end */
#define FRAMES		300	/* of each writer, if all end */
#define PREFIX_BYTES	8	/* of a frame: writer and number */

struct side {
	struct unix_ports ports;
	uint32_t seed;			/* of the written frames */
	struct unix_buffer buffer;	/* of the reader */
	uint32_t came[WRITERS];
	pthread_t writer[WRITERS], reader;
	struct side *other;
};

struct writer {
	struct side *side;
	unsigned which;
};

enum ending { ORDERLY, HANG_UP, CANCEL };

static struct side side[2];
static enum ending ending;
static int is_narrow;

static int
put(struct side *own, uint32_t which, uint32_t number)
{
	char bytes[PREFIX_BYTES + MAX_MESSAGE_BYTES];
	uint32_t prefix[2] = { htonl(which), htonl(number) };
	size_t length = make_message(own->seed + which, number,
	    bytes + PREFIX_BYTES);

	memcpy(bytes, prefix, PREFIX_BYTES);
	return unix_put_frame(own->ports.out, bytes, PREFIX_BYTES + length);
}

static void *
write_frames(void *argument)
{
	struct side *own = ((struct writer *)argument)->side;
	uint32_t which = ((struct writer *)argument)->which, number;

	for (number = 0; ending != ORDERLY || number < FRAMES; number++) {
		if (put(own, which, number) == -1 ||
		    (pick(5) == 0 && fflush(own->ports.out) == EOF))
			break;
		pthread_testcancel();
	}
	if (ending == ORDERLY ? number < FRAMES : errno != EPIPE)
		give_up("writing: %s", strerror(errno));
	return argument;
}

/* The frames of each writer arrive whole and in order. */
static void
check_frame(struct side *own)
{
	const struct side *other = own->other;
	char meant[MAX_MESSAGE_BYTES];
	uint32_t prefix[2], which, number;
	size_t length;

	need(own->buffer.length >= PREFIX_BYTES);
	memcpy(prefix, own->buffer.bytes, PREFIX_BYTES);
	which = ntohl(prefix[0]);
	number = ntohl(prefix[1]);
	need(which < WRITERS);
	need(number == own->came[which]);
	length = make_message(other->seed + which, number, meant);
	need(own->buffer.length == PREFIX_BYTES + length);
	need(memcmp(own->buffer.bytes + PREFIX_BYTES, meant, length) == 0);
	own->came[which]++;
	shared->bytes += length;
}

static void *
read_frames(void *argument)
{
	struct side *own = argument;
	int result;

	for (;;) {
		result = unix_get_frame(own->ports.in, &own->buffer, 0);
		if (result == 1)
			check_frame(own);
		else if (result == 0 || errno != ETIMEDOUT)
			break;
		pthread_testcancel();
	}
	if (result == -1 && (ending == ORDERLY ||
	    (errno != EBADMSG && errno != ECONNRESET)))
		give_up("reading: %s", strerror(errno));
	return argument;
}

static void
start(struct side *own, struct writer writers[WRITERS])
{
	unsigned i;

	for (i = 0; i < WRITERS; i++) {
		own->came[i] = 0;
		writers[i] = (struct writer){ own, i };
		own->writer[i] = start_thread(write_frames, &writers[i]);
	}
	own->reader = start_thread(read_frames, own);
}

/* Cancels a random selection, possibly none. */
static void
cancel_some(struct side *own)
{
	unsigned i;

	for (i = 0; i < WRITERS; i++)
		if (pick(3) == 0)
			need(pthread_cancel(own->writer[i]) == 0);
	if (pick(2) == 0)
		need(pthread_cancel(own->reader) == 0);
}

static void
expect_unlocked(FILE *stream)
{
	if (stream == NULL)
		return;
	need(ftrylockfile(stream) == 0);
	funlockfile(stream);
}

static void
join_writers(struct side *own)
{
	unsigned i;

	for (i = 0; i < WRITERS; i++)
		join_thread(own->writer[i]);
	/* The reader of this end may still be blocked. */
	if (ending == ORDERLY)
		need(unix_close_output(&own->ports) == 0);
}

static void
finish(struct side *own)
{
	unsigned i;

	for (i = 0; i < WRITERS; i++)
		need(ending != ORDERLY || own->came[i] == FRAMES);
	expect_unlocked(own->ports.in);
	expect_unlocked(own->ports.out);
	/* Buffered output is lost, and the loss is reported. */
	if (unix_close_ports(&own->ports) == -1)
		need(ending != ORDERLY && (errno == EPIPE || errno == EIO));
	unix_free_buffer(&own->buffer);
}

/* Ends the threads while frames are in flight. */
static void
interfere(void)
{
	nap(10);
	if (ending == CANCEL) {
		cancel_some(&side[0]);
		cancel_some(&side[1]);
		nap(3);
	}
	if (ending != ORDERLY)
		need(unix_hang_up(&side[pick(2)].ports) == 0);
}

static void
run(const struct unix_options *options)
{
	struct unix_ports pair[2];
	struct writer writers[2][WRITERS];
	int i;

	need(unix_pair(options, pair) == 0);
	shared->connections++;
	for (i = 0; i < 2; i++) {
		if (is_narrow)
			narrow(&pair[i]);
		side[i].ports = pair[i];
		side[i].seed = new_seed();
		side[i].other = &side[1 - i];
	}
	for (i = 0; i < 2; i++)
		start(&side[i], writers[i]);
	interfere();
	for (i = 0; i < 2; i++)
		join_writers(&side[i]);
	for (i = 0; i < 2; i++)
		join_thread(side[i].reader);
	for (i = 0; i < 2; i++)
		finish(&side[i]);
}

static void
run_plain(unsigned number)
{
	const struct unix_options options = {
		.sigpipe = UNIX_SIGPIPE_IGNORE };

	ending = number % 2 == 0 ? ORDERLY : HANG_UP;
	run(&options);
}

static void
run_guarded(unsigned number)
{
	struct unix_options options = { .flags = UNIX_GUARDED };

	ending = number % 2 == 0 ? ORDERLY : HANG_UP;
	if (number % 4 >= 2)
		options.read_timeout = 1;
	is_narrow = number % 3 == 0;
	run(&options);
	is_narrow = 0;
}

/* A plain stream remains locked if a thread is cancelled in it. */
static void
run_cancelled(unsigned number)
{
	struct unix_options options = { .flags = UNIX_GUARDED };

	ending = CANCEL;
	if (number % 2 == 0)
		options.read_timeout = 1;
	run(&options);
}

const struct scenario threads[] = {
	{ "threads/plain", run_plain, NULL, 0 },
	{ "threads/guarded", run_guarded, NULL, 0 },
	{ "threads/cancel", run_cancelled, NULL, 1 },
	{ NULL, NULL, NULL, 0 }
};
