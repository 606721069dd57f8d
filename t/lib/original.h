/* SPDX-License-Identifier: BSD-2-Clause */
/* The function of libc that a function of the program replaces. */
#ifndef ORIGINAL_H
#define ORIGINAL_H

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

/* Whether this is glibc before version MAJOR.MINOR. */
#ifdef __GLIBC__
#define GLIBC_BEFORE(major, minor)	(!__GLIBC_PREREQ(major, minor))
#else
#define GLIBC_BEFORE(major, minor)	0
#endif

/*
 * On 32-bit glibc with a 64-bit off_t, the headers rename calls that use off_t
 * to NAME64, also those defined here.  A name that does not exist is not looked
 * up, since dlsym(3) would allocate memory.
 */
static inline void *
original(const char *name)
{
#ifdef __USE_FILE_OFFSET64
	static const char large[][16] = { "__fxstatat64", "fcntl64", "fopen64",
	    "fstat64", "fstatat64", "fstatfs64", "lstat64", "mmap64",
	    "open64", "openat64", "readdir64", "stat64" };
	size_t i;

	for (i = 0; i < sizeof(large) / sizeof(large[0]); i++)
		if (strlen(large[i]) == strlen(name) + 2 &&
		    strncmp(large[i], name, strlen(name)) == 0)
			return dlsym(RTLD_NEXT, large[i]);
#endif
	return dlsym(RTLD_NEXT, name);
}

/* Stores the function at REAL, a pointer that is NULL at first. */
static inline void
find_original(void *real, const char *name)
{
	void *found;

	if (*(void **)real != NULL)
		return;
	found = original(name);
	if (found == NULL)
		abort();
	*(void **)real = found;
}

#endif
