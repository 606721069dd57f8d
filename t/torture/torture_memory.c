/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory in front of libc's: it is refused as the other calls are, and what
 * is held is counted.  libc's own needs go by these calls too.
 */
#include "config.h"

#include <sys/mman.h>
#include <stdlib.h>
#include <string.h>

#include "torture.h"

static _Atomic long blocks, mapped;

/* What is got meanwhile is neither refused nor missed. */
_Thread_local int kept_for_ever;

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

static void *
count(void *block)
{
	if (block != NULL && !kept_for_ever)
		blocks++;
	return block;
}

static void *
get(size_t size)
{
	static void *(*real)(size_t);

	find(&real, "malloc");
	return count(real(size));
}

void *
malloc(size_t size)
{
	if (is_due(CALL_malloc))
		return NULL;
	return get(size);
}

/*
 * Counts as malloc(3), because gcc 16 compiles malloc(3) and memset(3) to it.
 * It does not call libc's own, which in musl calls the malloc(3) above.
 */
void *
calloc(size_t number, size_t size)
{
	void *block;

	if (is_due(CALL_malloc))
		return NULL;
	if (size != 0 && number > (size_t)-1 / size) {
		errno = ENOMEM;
		return NULL;
	}
	block = get(number * size);
	return block == NULL ? NULL : memset(block, 0, number * size);
}

void *
realloc(void *old, size_t size)
{
	static void *(*real)(void *, size_t);
	void *new;

	if (is_due(CALL_realloc))
		return NULL;
	find(&real, "realloc");
	new = real(old, size);
	if (old == NULL)
		count(new);
	return new;
}

void
free(void *block)
{
	static void (*real)(void *);

	find(&real, "free");
	if (block != NULL)
		blocks--;
	real(block);
}

/* Of malloc(3) above, wherever libc's own get their memory. */
static char *
copy(const char *string, size_t length)
{
	char *made = malloc(length + 1);

	if (made == NULL)
		return NULL;
	memcpy(made, string, length);
	made[length] = '\0';
	return made;
}

char *
strndup(const char *string, size_t most)
{
	return is_due(CALL_strndup) ? NULL :
	    copy(string, strnlen(string, most));
}

char *
strdup(const char *string)
{
	return is_due(CALL_strdup) ? NULL : copy(string, strlen(string));
}

void *
mmap(void *place, size_t size, int protection, int flags, int fd, off_t offset)
{
	static void *(*real)(void *, size_t, int, int, int, off_t);
	void *memory;

	if (is_due(CALL_mmap))
		return MAP_FAILED;
	find(&real, "mmap");
	memory = real(place, size, protection, flags, fd, offset);
	if (memory != MAP_FAILED)
		mapped += (long)size;
	return memory;
}

/* What has been done all the same: memory that cannot be given back stays. */
int
munmap(void *place, size_t size)
{
	static int (*real)(void *, size_t);

	find(&real, "munmap");
	mapped -= (long)size;
	if (real(place, size) == 0 && !is_due(CALL_munmap))
		return 0;
	return -1;
}
