/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interposed memory calls, which count the allocated memory and can fail.  libc
 * itself calls them, too.
 */
#include "config.h"

#include "process_state.h"

_Thread_local int kept_for_ever;
int (*fails_memory)(enum memory_call call);

#if SANITIZED

long
held_blocks(void)
{
	return 0;
}

long
held_bytes(void)
{
	return 0;
}

#else

#include <sys/mman.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "original.h"

static _Atomic long blocks, mapped;

long
held_blocks(void)
{
	return blocks;
}

long
held_bytes(void)
{
	return mapped;
}

static int
is_refused(enum memory_call call)
{
	return fails_memory != NULL && fails_memory(call);
}

static void *
get(size_t size)
{
	static void *(*real)(size_t);
	void *block;

	find_original(&real, "malloc");
	block = real(size);
	if (block != NULL && !kept_for_ever)
		blocks++;
	return block;
}

void *
malloc(size_t size)
{
	return is_refused(MEMORY_MALLOC) ? NULL : get(size);
}

/*
 * Counts as malloc(3), because gcc 16 compiles malloc(3) and memset(3) to
 * calloc(3).  The calloc(3) of libc is not called, since in musl it calls the
 * malloc(3) above.
 */
void *
calloc(size_t number, size_t size)
{
	static _Thread_local int nested;
	void *block;

	/* dlsym(3) of glibc before 2.34 calls calloc(3), and tolerates NULL. */
	if (nested || is_refused(MEMORY_MALLOC))
		return NULL;
	if (size != 0 && number > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	nested = 1;
	block = get(number * size);
	nested = 0;
	return block == NULL ? NULL : memset(block, 0, number * size);
}

void *
realloc(void *old, size_t size)
{
	static void *(*real)(void *, size_t);

	if (is_refused(MEMORY_REALLOC))
		return NULL;
	if (old == NULL)
		return get(size);
	find_original(&real, "realloc");
	return real(old, size);
}

void
free(void *block)
{
	static void (*real)(void *);

	find_original(&real, "free");
	if (block != NULL)
		blocks--;
	real(block);
}

void *
mmap(void *place, size_t size, int protection, int flags, int fd, off_t offset)
{
	static void *(*real)(void *, size_t, int, int, int, off_t);
	void *memory;

	if (is_refused(MEMORY_MMAP))
		return MAP_FAILED;
	find_original(&real, "mmap");
	memory = real(place, size, protection, flags, fd, offset);
	if (memory != MAP_FAILED)
		mapped += (long)size;
	return memory;
}

/* Unmaps even if it reports an error: otherwise the memory would remain. */
int
munmap(void *place, size_t size)
{
	static int (*real)(void *, size_t);
	int result;

	find_original(&real, "munmap");
	result = real(place, size);
	if (result == 0)
		mapped -= (long)size;
	return is_refused(MEMORY_MUNMAP) ? -1 : result;
}

#endif
