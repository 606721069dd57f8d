/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages whose contents depend on their position: seed and number determine
 * the bytes, the kind (a line or a frame), and the descriptors.
 */
#include "stress.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#define MARKS	4

static int marks[MARKS];

/*
 * A random number that depends only on the arguments, so that both sides
 * compute the same.
 */
static uint32_t
mix(uint32_t seed, uint32_t number)
{
	uint32_t x = seed ^ number * 0x9e3779b9u;

	x = (x ^ x >> 16) * 0x85ebca6bu;
	x = (x ^ x >> 13) * 0xc2b2ae35u;
	return x ^ x >> 16;
}

static int
is_frame(uint32_t seed, unsigned number)
{
	return mix(seed, number) & 1;
}

/* One of thirty messages is long. */
static size_t
length_of(uint32_t seed, unsigned number)
{
	uint32_t x = mix(seed, number) >> 1;

	return x % 30 == 0 ? x % MAX_MESSAGE_BYTES : x % 90;
}

/* A frame contains any bytes, a line letters. */
size_t
make_message(uint32_t seed, unsigned number, char *bytes)
{
	size_t length = length_of(seed, number), i;
	uint32_t x = mix(seed, number) | 1;

	for (i = 0; i < length; i++) {
		x = x * 1664525u + 1013904223u;
		bytes[i] = is_frame(seed, number) ? (char)(x >> 24) :
		    (char)('a' + (x >> 24) % 26);
	}
	return length;
}

int
say(FILE *out, uint32_t seed, unsigned number)
{
	char bytes[MAX_MESSAGE_BYTES + 1];
	size_t length = make_message(seed, number, bytes);

	if (is_frame(seed, number))
		return unix_put_frame(out, bytes, length);
	bytes[length++] = '\n';
	return fwrite(bytes, 1, length, out) == length ? 0 : -1;
}

/* Sends a part of a message, before a crash. */
int
say_half(FILE *out, uint32_t seed, unsigned number)
{
	char bytes[MAX_MESSAGE_BYTES + 4];
	size_t length = make_message(seed, number, bytes + 4);
	char *start = bytes + 4;

	if (is_frame(seed, number)) {
		start = bytes;
		start[0] = start[1] = 0;
		start[2] = (char)(length >> 8);
		start[3] = (char)(length & 255);
		length += 4;
	}
	length = pick((unsigned)length + 1);
	return fwrite(start, 1, length, out) == length && fflush(out) == 0 ?
	    0 : -1;
}

/* EOF truncates a line, too, but is not an error. */
static int
compare(const struct unix_buffer *buffer, uint32_t seed, unsigned number,
    FILE *in)
{
	char meant[MAX_MESSAGE_BYTES];
	size_t length = make_message(seed, number, meant);
	int is_cut = buffer->length < length && !is_frame(seed, number);

	if (memcmp(buffer->bytes, meant, is_cut ? buffer->length : length) != 0
	    || buffer->length > length ||
	    (buffer->length < length && !is_cut))
		give_up("message %u of %#x: wrong bytes", number,
		    (unsigned)seed);
	if (is_cut && getc(in) != EOF)
		give_up("message %u of %#x: too short", number,
		    (unsigned)seed);
	shared->bytes += buffer->length;
	if (!is_cut)
		return 1;
	errno = EBADMSG;
	return -1;
}

int
hear(FILE *in, struct unix_buffer *buffer, uint32_t seed, unsigned number)
{
	int result = is_frame(seed, number) ?
	    unix_get_frame(in, buffer, MAX_MESSAGE_BYTES) :
	    unix_get_line(in, buffer, MAX_MESSAGE_BYTES);

	return result == 1 ? compare(buffer, seed, number, in) : result;
}

void
narrow(const struct unix_ports *ports)
{
	int size = 1;

	need(setsockopt(unix_fileno(ports), SOL_SOCKET, SO_SNDBUF, &size,
	    sizeof(size)) == 0);
}

/* Descriptors. */

void
open_marks(void)
{
	int i;

	for (i = 0; i < MARKS; i++) {
		marks[i] = open("mark", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
		    0600);
		need(marks[i] != -1);
		need(unlink("mark") == 0);
	}
}

void
close_marks(void)
{
	int i;

	for (i = 0; i < MARKS; i++)
		need(close(marks[i]) == 0);
}

/* Most messages have no descriptor. */
static unsigned
files_of(uint32_t seed, unsigned number)
{
	uint32_t x = mix(seed + 7, number);

	return x % 8 == 0 ? x / 8 % MARKS + 1 : 0;
}

int
say_files(struct unix_ports *ports, uint32_t seed, unsigned number)
{
	unsigned count = files_of(seed, number);

	if (count > 0 && unix_add_files(ports, marks, count) == -1)
		return -1;
	return say(ports->out, seed, number);
}

/*
 * Called after hear(): takes the descriptors of the message.  Later ones may
 * follow.
 */
void
take_files(struct unix_ports *ports, uint32_t seed, unsigned number)
{
	unsigned count = files_of(seed, number), i;
	struct stat come, meant;
	int file;

	for (i = 0; i < count; i++) {
		file = unix_take_file(ports);
		if (file == -1)
			give_up("message %u of %#x: file %u of %u: %s", number,
			    (unsigned)seed, i, count, strerror(errno));
		need(fstat(file, &come) == 0);
		need(fstat(marks[i], &meant) == 0);
		need(come.st_ino == meant.st_ino &&
		    come.st_dev == meant.st_dev);
		need(close(file) == 0);
	}
}
