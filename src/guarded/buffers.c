/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for the two buffers of a connection, and behind them for the numbers
 * of the descriptors that it passes.  It is mapped, because the kernel
 * allocates mapped pages at the first use, and idle connections have none.
 * Pairs of the default size are kept and used again, since a new mapping costs
 * a quarter of the connections per second.  Nothing here waits or is locked, so
 * that fork(2) may come at any time.
 */
#include "guarded.h"

#include <sys/mman.h>
#include <errno.h>
#include <stdint.h>

#define MAX_IDLE_PAIRS		16
#define CACHE_LINE_BYTES	64	/* buffers share no cache line */

static _Atomic(char *) idle_pairs[MAX_IDLE_PAIRS];

/* Bytes from a pair's first buffer, of SIZE bytes, to its second. */
size_t
up_stride(size_t size)
{
	return (size + UP_BUFFER_SLACK + CACHE_LINE_BYTES - 1) /
	    CACHE_LINE_BYTES * CACHE_LINE_BYTES;
}

static size_t
mapped_bytes(size_t size)
{
	return 2 * up_stride(size) + UP_FILES_BYTES;
}

static char *
map_buffers(size_t size)
{
	void *memory;

	if (size > SIZE_MAX / 4) {
		errno = ENOMEM;
		return NULL;
	}
	memory = mmap(NULL, mapped_bytes(size), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* EAGAIN, if RLIMIT_MEMLOCK is exceeded, would suggest a retry. */
	if (memory == MAP_FAILED) {
		errno = ENOMEM;
		return NULL;
	}
	/* With huge pages, the first byte would allocate the whole page. */
	if (MADV_NOHUGEPAGE != -1)
		madvise(memory, mapped_bytes(size), MADV_NOHUGEPAGE);
	return memory;
}

/* A pair of buffers for SIZE bytes each, up_stride() apart, or NULL. */
char *
up_take_buffers(size_t size)
{
	char *memory;
	int i;

	for (i = 0; size == UP_BUFFER_SIZE && i < MAX_IDLE_PAIRS; i++) {
		memory = atomic_exchange(&idle_pairs[i], NULL);
		if (memory != NULL)
			return memory;
	}
	return map_buffers(size);
}

void
up_return_buffers(char *memory, size_t size)
{
	char *none;
	int i;

	for (i = 0; size == UP_BUFFER_SIZE && i < MAX_IDLE_PAIRS; i++) {
		none = NULL;
		if (atomic_compare_exchange_strong(&idle_pairs[i], &none,
		    memory))
			return;
	}
	munmap(memory, mapped_bytes(size));
}

/*
 * dlclose(3) would leave the mappings behind.  At exit(3), other threads may
 * still take and return pairs.
 */
UP_DESTRUCTOR static void
unmap_idle_pairs(void)
{
	char *memory;
	int i;

	for (i = 0; i < MAX_IDLE_PAIRS; i++) {
		memory = atomic_exchange(&idle_pairs[i], NULL);
		if (memory != NULL)
			munmap(memory, mapped_bytes(UP_BUFFER_SIZE));
	}
}
