/* SPDX-License-Identifier: BSD-2-Clause */
/* libc's own function, behind one of ours that comes before it. */
#ifndef ORIGINAL_H
#define ORIGINAL_H

#include <dlfcn.h>
#include <string.h>

/* Whether this is glibc, and older than that. */
#ifdef __GLIBC__
#define GLIBC_BEFORE(major, minor)	(!__GLIBC_PREREQ(major, minor))
#else
#define GLIBC_BEFORE(major, minor)	0
#endif

/*
 * Where off_t grows on demand (glibc with 32 bits) the headers give calls
 * that know it another name, ours too: NAME64.  One that is not there is
 * not asked for: dlsym(3) would allocate.
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

#endif
