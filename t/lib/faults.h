/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions that replace calls of libc in tests of the command.  FAULT in the
 * environment is a list of faults, separated by commas.
 */
#ifndef FAULTS_H
#define FAULTS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>

#include "original.h"

/* The function of libc, as original_NAME()(...). */
#define ORIGINAL(type, name, ...) \
	typedef type name##_type(__VA_ARGS__); \
	static name##_type * \
	original_##name(void) \
	{ \
		static name##_type *found; \
		if (found == NULL) \
			*(void **)&found = original(#name); \
		return found; \
	}

int is(const char *fault);
int failure(int error);			/* -1, with errno */

#endif
