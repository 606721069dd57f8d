/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory in front of libc's, counted: what a cycle gets it must give back,
 * to the last block.  ASan has its own, and tells at the end what is left.
 */
#include "stress.h"

#if SANITIZED

long
held_blocks(void)
{
	return 0;
}

long
held_maps(void)
{
	return 0;
}

#else

#include <sys/mman.h>
#include <dlfcn.h>
#include <stdlib.h>

static _Atomic long blocks, mapped;

long
held_blocks(void)
{
	return blocks;
}

long
held_maps(void)
{
	return mapped;
}

static void
find(void *real, const char *name)
{
	void *found;

	if (*(void **)real != NULL)
		return;
	found = dlsym(RTLD_NEXT, name);
	if (found == NULL)
		abort();
	*(void **)real = found;
}

void *
malloc(size_t size)
{
	static void *(*real)(size_t);
	void *block;

	find(&real, "malloc");
	block = real(size);
	blocks += block != NULL;
	return block;
}

/* musl's own would come back to malloc(3). */
void *
calloc(size_t number, size_t size)
{
	static _Thread_local int nested;
	void *block;

	/* glibc before 2.34 calls calloc(3) in dlsym(3), and can do without. */
	if (nested)
		return NULL;
	if (size != 0 && number > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	nested = 1;
	block = malloc(number * size);
	nested = 0;
	return block == NULL ? NULL : memset(block, 0, number * size);
}

void *
realloc(void *old, size_t size)
{
	static void *(*real)(void *, size_t);
	void *block;

	if (old == NULL)
		return malloc(size);
	find(&real, "realloc");
	block = real(old, size);
	return block;
}

void
free(void *block)
{
	static void (*real)(void *);

	find(&real, "free");
	blocks -= block != NULL;
	real(block);
}

void *
mmap(void *place, size_t size, int protection, int flags, int fd, off_t offset)
{
	static void *(*real)(void *, size_t, int, int, int, off_t);
	void *memory;

	find(&real, "mmap");
	memory = real(place, size, protection, flags, fd, offset);
	if (memory != MAP_FAILED)
		mapped += (long)size;
	return memory;
}

int
munmap(void *place, size_t size)
{
	static int (*real)(void *, size_t);
	int result;

	find(&real, "munmap");
	result = real(place, size);
	if (result == 0)
		mapped -= (long)size;
	return result;
}

#endif
