/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that tell their place, and calls that block in threads. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include "support.h"

#define KIB	((size_t)1024)
#define MIB	(1024 * KIB)

/* The number that the environment gives, or USUAL. */
size_t from_environment(const char *name, size_t usual);

/* Each is a function of its place: every loss and repetition shows. */
void make_bytes(void *bytes, size_t place, size_t length);
int put_bytes(FILE *out, size_t place, size_t length);	/* fwrite(3), once */
void expect_bytes(FILE *in, size_t place, size_t length);

/* As many as come, up to LENGTH or until the end; how many there were. */
size_t take_bytes(FILE *in, size_t place, size_t length);
size_t count_bytes(FILE *in, size_t place);

/* Send so that the next byte would block; how many went.  Read so many. */
size_t fill_socket(const struct unix_ports *ports);
void drain(FILE *in, size_t length);

/* The smallest send buffer that the system lets us have. */
void narrow(const struct unix_ports *ports);

/* Pass that time; for peers that are slow, not to wait for anything. */
void pause_for(int milliseconds);

/* A call in a thread of its own, and what came of it. */
struct call {
	struct unix_ports *ports;
	size_t length;		/* of what is written or read, from 0 on */
	_Atomic pid_t id;
	int result, error;
	char line[100];
};

void *call_fgets(void *call);
void *call_fflush(void *call);
void *call_fwrite(void *call);		/* and fflush(3) */
void *call_fclose_out(void *call);
void *call_input_ready(void *call);	/* no limit */
void *call_close_ports(void *call);
void *call_expect(void *call);		/* length bytes */

/* Begin one; the second waits until it sleeps. */
pthread_t start_call(void *(*body)(void *), struct call *call);
pthread_t block_call(void *(*body)(void *), struct call *call);

#endif
