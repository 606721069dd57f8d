/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that depend on their position, and blocking calls in threads. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include "support.h"

#define KIB	((size_t)1024)
#define MIB	(1024 * KIB)

/* The number in the environment variable NAME, or USUAL. */
size_t from_environment(const char *name, size_t usual);

/* Each byte depends on its position: a loss or repetition is detected. */
void make_bytes(void *bytes, size_t place, size_t length);
int put_bytes(FILE *out, size_t place, size_t length);	/* fwrite(3), once */
void expect_bytes(FILE *in, size_t place, size_t length);

/* Reads up to LENGTH bytes or until EOF; returns the number. */
size_t take_bytes(FILE *in, size_t place, size_t length);
size_t count_bytes(FILE *in, size_t place);

/* Fill the socket and return the number of bytes; read that number. */
size_t fill_socket(const struct unix_ports *ports);
void drain(FILE *in, size_t length);

/* Sets the smallest send buffer that the system allows. */
void narrow(const struct unix_ports *ports);

/* Simulates a slow peer; not for synchronisation. */
void pause_for(int milliseconds);

/* A call in a separate thread, and its result. */
struct call {
	struct unix_ports *ports;
	size_t length;		/* of the bytes, from position 0 */
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

/* Start a call; the second function waits until it is blocked. */
pthread_t start_call(void *(*body)(void *), struct call *call);
pthread_t block_call(void *(*body)(void *), struct call *call);

#endif
