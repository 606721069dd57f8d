/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream that is one thread's over a whole message: its lock, and reading
 * and writing under it.  A thread that is cancelled while it waits for the
 * peer leaves the stream unlocked.
 */
#include "message.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

static void
clean_up(void *hold)
{
	up_drop_hold(hold);
}

/*
 * Not every libc sets errno where a stream is not open for this direction:
 * what it leaves alone is EBADF.
 */
static int
begin(void)
{
	int saved = errno;

	errno = EBADF;
	return saved;
}

/* The next byte, or EOF; errno is set unless the input is at its end. */
int
up_getc(struct up_hold *hold)
{
	int saved = begin();
	int c;

	pthread_cleanup_push(clean_up, hold);
	c = getc_unlocked(hold->stream);
	pthread_cleanup_pop(0);
	if (c != EOF || feof(hold->stream))
		errno = saved;
	return c;
}

static size_t
read_all(struct up_hold *hold, void *bytes, size_t size)
{
	int saved = begin();
	size_t n;

	pthread_cleanup_push(clean_up, hold);
	n = fread(bytes, 1, size, hold->stream);
	pthread_cleanup_pop(0);
	if (n == size || feof(hold->stream))
		errno = saved;
	return n;
}

/* So many bytes, or fewer, as up_getc(). */
size_t
up_read(struct up_hold *hold, void *bytes, size_t size)
{
	const char *ahead;

	if (up_ahead(hold->stream, &ahead) < size)
		return read_all(hold, bytes, size);
	memcpy(bytes, ahead, size);
	up_skip(hold->stream, size);
	return size;
}

int
up_write(struct up_hold *hold, const void *bytes, size_t size)
{
	int saved = begin();
	size_t n;

	pthread_cleanup_push(clean_up, hold);
	n = fwrite(bytes, 1, size, hold->stream);
	pthread_cleanup_pop(0);
	if (n < size)
		return -1;
	errno = saved;
	return 0;
}
