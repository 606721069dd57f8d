/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * message_ends: the ends of bench_messages in C.  raw is the minimum of any
 * stream: memcpy and memchr, and read(2) and write(2) of 64 KiB.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <unixport.h>

#include "common.h"
#include "message_ends.h"

#define RAW_BYTES	65536
#define PREFIX_BYTES	4

static struct unix_ports ports;
static char buffer[RAW_BYTES];
static size_t at, filled;

static void
need(int condition, const char *object)
{
	if (condition)
		return;
	fprintf(stderr, "message_ends: %s: %s\n", object, strerror(errno));
	exit(1);
}

static void
write_buffer(void)
{
	need(write(0, buffer, filled) == (ssize_t)filled, "write");
	filled = 0;
}

static void
append(const void *bytes, size_t length)
{
	memcpy(buffer + filled, bytes, length);
	filled += length;
}

/* Makes NEED bytes available, or more. */
static void
fill(size_t least)
{
	ssize_t got;

	filled -= at;
	memmove(buffer, buffer + at, filled);
	at = 0;
	do {
		got = read(0, buffer + filled, sizeof(buffer) - filled);
		need(got > 0, "read");
		filled += (size_t)got;
	} while (filled < least);
}

static void
send_raw(int frames, size_t count)
{
	static const unsigned char prefix[PREFIX_BYTES] = { 0, 0, 0,
	    LINE_BYTES };

	for (; count > 0; count--) {
		if (filled + PREFIX_BYTES + LINE_BYTES > sizeof(buffer))
			write_buffer();
		if (frames)
			append(prefix, PREFIX_BYTES);
		append(LINE, LINE_BYTES);
	}
	write_buffer();
}

/* The compiler must not remove the copy. */
static void
take(size_t length)
{
	char message[LINE_BYTES + 1];

	errno = 0;
	need(length == LINE_BYTES, "a message has changed");
	memcpy(message, buffer + at, length);
	message[length] = '\0';
	at += length;
	__asm__ volatile("" : : "r"(message) : "memory");
}

static void
receive_raw(int frames, size_t count)
{
	const unsigned char *prefix;
	const char *newline;

	for (; count > 0; count--) {
		if (frames) {
			if (filled - at < PREFIX_BYTES + LINE_BYTES)
				fill(PREFIX_BYTES + LINE_BYTES);
			prefix = (unsigned char *)buffer + at;
			at += PREFIX_BYTES;
			take((size_t)prefix[0] << 24 | prefix[1] << 16 |
			    prefix[2] << 8 | prefix[3]);
			continue;
		}
		while ((newline = memchr(buffer + at, '\n', filled - at)) ==
		    NULL)
			fill(1);
		take((size_t)(newline - buffer) + 1 - at);
	}
}

static void
send_messages(int frames, size_t count)
{
	for (; count > 0; count--)
		need((frames ?
		    unix_put_frame(ports.out, LINE, LINE_BYTES) :
		    unix_put_line(ports.out, LINE, LINE_BYTES - 1)) == 0,
		    "a message");
	need(unix_flush(&ports) == 0, "unix_flush");
}

static void
receive_messages(int frames, size_t count)
{
	static struct unix_buffer message;

	for (; count > 0; count--) {
		need((frames ? unix_get_frame(ports.in, &message, 0) :
		    unix_get_line(ports.in, &message, 0)) == 1, "a message");
		errno = 0;
		need(message.length == LINE_BYTES - (size_t)!frames,
		    "a message has changed");
	}
}

/* In a process with threads, locks are not free. */
static void *
be_idle(void *unused)
{
	for (;;)
		pause();
	return unused;
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .flags = UNIX_GUARDED };
	int is_raw = argc > 1 && strcmp(argv[1], "raw") == 0;
	void (*receive)(int, size_t) = is_raw ? receive_raw :
	    receive_messages;
	pthread_t thread;
	size_t count;
	double start;
	int frames;

	if (argc != 5) {
		fputs("usage: message_ends KIND lines|frames send|receive"
		    " COUNT\n", stderr);
		return 2;
	}
	frames = strcmp(argv[2], "frames") == 0;
	count = strtoul(argv[4], NULL, 10);
	errno = pthread_create(&thread, NULL, be_idle, NULL);
	need(errno == 0, "pthread_create");
	if (strcmp(argv[1], "unlocked") == 0)
		options.flags |= UNIX_UNLOCKED;
	need(is_raw || unix_open_ports(dup(0), &options, &ports) == 0,
	    "unix_open_ports");
	if (strcmp(argv[3], sending) == 0) {
		(is_raw ? send_raw : send_messages)(frames,
		    count / 16 + count);
		return 0;
	}
	receive(frames, count / 16);
	start = seconds();
	receive(frames, count);
	printf("%.0f\n", (double)count / (seconds() - start));
	return 0;
}
