/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that depend on their position, and blocking calls in threads. */
#include "traffic.h"

#include <sys/socket.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t
from_environment(const char *name, size_t usual)
{
	const char *value = getenv(name);

	return value == NULL ? usual : strtoul(value, NULL, 10);
}

/* Bytes. */

void
make_bytes(void *bytes, size_t place, size_t length)
{
	unsigned char *byte = bytes;
	size_t i;

	for (i = 0; i < length; i++)
		byte[i] = (unsigned char)
		    ((uint32_t)(place + i) * 2654435761u >> 24);
}

static void *
new_bytes(size_t place, size_t length)
{
	void *bytes = malloc(length + 1);

	ck_assert_ptr_nonnull(bytes);
	make_bytes(bytes, place, length);
	return bytes;
}

int
put_bytes(FILE *out, size_t place, size_t length)
{
	void *bytes = new_bytes(place, length);
	size_t count = fwrite(bytes, 1, length, out);
	int error = errno;

	free(bytes);
	errno = error;
	return count == length ? 0 : EOF;
}

size_t
take_bytes(FILE *in, size_t place, size_t length)
{
	static _Thread_local char came[8192], meant[8192];
	size_t done = 0, count;

	while (done < length) {
		count = length - done < sizeof(came) ? length - done :
		    sizeof(came);
		count = fread(came, 1, count, in);
		make_bytes(meant, place + done, count);
		if (memcmp(came, meant, count) != 0)
			ck_abort_msg("wrong bytes behind %zu", place + done);
		if (count == 0)
			break;
		done += count;
	}
	return done;
}

void
expect_bytes(FILE *in, size_t place, size_t length)
{
	ck_assert_uint_eq(take_bytes(in, place, length), length);
}

size_t
count_bytes(FILE *in, size_t place)
{
	size_t count = take_bytes(in, place, SIZE_MAX);

	ck_assert(feof(in));
	ck_assert(!ferror(in));
	return count;
}

/* Sockets. */

size_t
fill_socket(const struct unix_ports *ports)
{
	static const char bytes[1024];
	size_t sum = 0, size;
	ssize_t count;

	for (size = sizeof(bytes); size > 0; size /= 2)
		while ((count = send(unix_fileno(ports), bytes, size,
		    MSG_DONTWAIT)) > 0)
			sum += (size_t)count;
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_uint_gt(sum, 0);
	return sum;
}

void
drain(FILE *in, size_t length)
{
	char bytes[1024];
	size_t count;

	while (length > 0) {
		count = length < sizeof(bytes) ? length : sizeof(bytes);
		ck_assert_uint_eq(fread(bytes, 1, count, in), count);
		length -= count;
	}
}

void
narrow(const struct unix_ports *ports)
{
	int size = 1;

	ck_assert_int_eq(setsockopt(unix_fileno(ports), SOL_SOCKET,
	    SO_SNDBUF, &size, sizeof(size)), 0);
}

void
pause_for(int time)
{
	long long end = milliseconds() + time;
	long long left;

	while ((left = end - milliseconds()) > 0)
		poll(NULL, 0, (int)left);
}

/* Calls. */

static struct call *
begin(void *argument)
{
	struct call *call = argument;

	call->id = thread_id();
	errno = EDOM;
	return call;
}

static void *
end(struct call *call, int result)
{
	call->error = errno;
	call->result = result;
	return NULL;
}

void *
call_fgets(void *argument)
{
	struct call *call = begin(argument);

	return end(call, fgets(call->line, sizeof(call->line),
	    call->ports->in) == NULL ? EOF : 0);
}

void *
call_fflush(void *argument)
{
	struct call *call = begin(argument);

	return end(call, fflush(call->ports->out));
}

void *
call_fwrite(void *argument)
{
	struct call *call = begin(argument);

	return end(call, put_bytes(call->ports->out, 0, call->length) == EOF ||
	    fflush(call->ports->out) == EOF ? EOF : 0);
}

void *
call_fclose_out(void *argument)
{
	struct call *call = begin(argument);

	end(call, fclose(call->ports->out));
	call->ports->out = NULL;
	if (call->result == 0)
		call->error = EDOM;	/* stdio may change errno */
	return NULL;
}

void *
call_input_ready(void *argument)
{
	struct call *call = begin(argument);

	return end(call, unix_input_ready(call->ports, -1));
}

void *
call_close_ports(void *argument)
{
	struct call *call = begin(argument);

	return end(call, unix_close_ports(call->ports));
}

void *
call_expect(void *argument)
{
	struct call *call = begin(argument);

	expect_bytes(call->ports->in, 0, call->length);
	return NULL;
}

pthread_t
start_call(void *(*body)(void *), struct call *call)
{
	call->id = 0;
	return start_thread(body, call);
}

pthread_t
block_call(void *(*body)(void *), struct call *call)
{
	pthread_t thread = start_call(body, call);

	wait_blocked(&call->id);
	return thread;
}
