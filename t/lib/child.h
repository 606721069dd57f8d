/* SPDX-License-Identifier: BSD-2-Clause */
/* A test program that runs itself as a child; see child.c. */
#ifndef CHILD_H
#define CHILD_H

#include "support.h"

/* Performs the action NAME and returns the exit status. */
int be_child(const char *name);

#endif
