/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines, frames and datagrams: whole, or an error. */
#include "selftest.h"

#include <sys/socket.h>
#include <errno.h>
#include <string.h>

#define FRAMES		500	/* of each writer */
#define LENGTH		100	/* bytes of one */
#define LONGEST		50	/* bytes of a line */

static struct unix_ports pair[2];

static void *
put_frames(void *byte)
{
	char frame[LENGTH];
	int i;

	memset(frame, *(char *)byte, sizeof(frame));
	for (i = 0; i < FRAMES; i++)
		succeeds(unix_put_frame(pair[0].out, frame, sizeof(frame)),
		    "unix_put_frame");
	return NULL;
}

static void *
put_all_frames(void *nothing)
{
	char bytes[] = { 'a', 'b' };
	pthread_t other = begin_thread(put_frames, &bytes[0]);

	put_frames(&bytes[1]);
	end_thread(other);
	succeeds(unix_close_output(&pair[0]), "unix_close_output");
	return nothing;
}

/* Two threads write at once. */
static void
whole_frames(void)
{
	struct unix_buffer frame = { 0 };
	pthread_t writers;
	int i, got;

	make_pair(pair, NULL);
	writers = begin_thread(put_all_frames, NULL);
	for (i = 0; (got = unix_get_frame(pair[1].in, &frame, 0)) == 1; i++) {
		holds(frame.length == LENGTH, "another length");
		holds(memcmp(frame.bytes, frame.bytes + 1, LENGTH - 1) == 0,
		    "two frames are mixed");
	}
	succeeds(got, "unix_get_frame");
	holds(i == 2 * FRAMES, "some are missing");
	end_thread(writers);
	unix_free_buffer(&frame);
	close_pair(pair);
}

static void
cut_frame(void)
{
	struct unix_buffer frame = { 0 };

	make_pair(pair, NULL);
	fwrite("\0\0\0\012half", 1, 8, pair[0].out);
	succeeds(unix_close_ports(&pair[0]), "unix_close_ports");
	fails(unix_get_frame(pair[1].in, &frame, 0), EBADMSG,
	    "unix_get_frame");
	unix_free_buffer(&frame);
	succeeds(unix_close_ports(&pair[1]), "unix_close_ports");
}

/* The sender says 4 GiB; nobody makes room for that. */
static void
bounded_frame(void)
{
	struct unix_buffer frame = { 0 };

	make_pair(pair, NULL);
	fwrite("\377\377\377\377", 1, 4, pair[0].out);
	succeeds(fflush(pair[0].out), "fflush");
	fails(unix_get_frame(pair[1].in, &frame, 0), EMSGSIZE,
	    "unix_get_frame");
	holds(frame.capacity < 1 << 20, "there is room for it");
	unix_free_buffer(&frame);
	close_pair(pair);
}

static void
bounded_line(void)
{
	struct unix_buffer line = { 0 };
	char text[2 * LONGEST + 1] = "";

	memset(text, 'x', sizeof(text) - 1);
	make_pair(pair, NULL);
	tell(&pair[0], "short\r\n");
	tell(&pair[0], text);
	succeeds(unix_get_line(pair[1].in, &line, LONGEST), "unix_get_line");
	holds(strcmp(line.bytes, "short") == 0, "another line than was sent");
	fails(unix_get_line(pair[1].in, &line, LONGEST), EMSGSIZE,
	    "unix_get_line");
	unix_free_buffer(&line);
	unix_close_ports(&pair[1]);
	unix_close_ports(&pair[0]);
}

static void
whole_datagrams(void)
{
	const struct unix_options options = { .flags = UNIX_DATAGRAM };
	struct unix_listener *receiver = listen_at("s", &options);
	int fd = unix_listener_fileno(receiver);
	char bytes[10];

	succeeds(unix_send("s", "one", 3), "unix_send");
	succeeds(unix_send("s", "three", 5), "unix_send");
	holds(recv(fd, bytes, sizeof(bytes), 0) == 3, "not the first one");
	holds(recv(fd, bytes, sizeof(bytes), 0) == 5, "not the second one");
	close_listener(receiver);
	fails(unix_send("s", "one", 3), ENOENT, "unix_send to nobody");
}

static const struct guarantee guarantees[] = {
	{ "a line is never longer than was said", BOTH, bounded_line },
	{ "a frame is never larger than was said", BOTH, bounded_frame },
	{ "frames of two threads stay whole", BOTH, whole_frames },
	{ "a frame that was cut off is an error", BOTH, cut_frame },
	{ "datagrams arrive whole, each by itself", NEITHER, whole_datagrams }
};

const struct chapter messages_chapter = CHAPTER("Messages", guarantees);
