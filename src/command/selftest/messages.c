/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests lines, frames and datagrams. */
#include "selftest.h"

#define FRAMES_PER_THREAD	500
#define FRAME_BYTES		100
#define LINE_LIMIT_BYTES	50

void
line_limit(void)
{
	send_text(near, "short\r\n");
	fprintf(near->out, "%*s", 2 * LINE_LIMIT_BYTES, "");
	SUCCEEDS(fflush(near->out));
	SUCCEEDS(unix_get_line(far->in, &message, LINE_LIMIT_BYTES));
	expect(strcmp(message.bytes, "short") == 0,
	    "another line than was sent");
	FAILS_WITH(EMSGSIZE,
	    unix_get_line(far->in, &message, LINE_LIMIT_BYTES));
}

/* A length of 4 GiB must not exhaust memory. */
void
frame_limit(void)
{
	send_text(near, "\377\377\377\377");
	FAILS_WITH(EMSGSIZE, unix_get_frame(far->in, &message, 0));
	expect(message.capacity < 1 << 20, "memory for it is allocated");
}

void
cut_frame(void)
{
	fwrite("\0\0\0\012half", 1, 8, near->out);
	SUCCEEDS(unix_close_ports(near));
	FAILS_WITH(EBADMSG, unix_get_frame(far->in, &message, 0));
}

static void
put_frames(void)
{
	static _Atomic char letter = 'a';
	char frame[FRAME_BYTES];
	int i;

	memset(frame, letter++, sizeof(frame));
	for (i = 0; i < FRAMES_PER_THREAD; i++)
		SUCCEEDS(unix_put_frame(near->out, frame, sizeof(frame)));
	SUCCEEDS(fflush(near->out));
}

void
frames_of_threads(void)
{
	int i;

	start_thread(put_frames, 0);
	start_thread(put_frames, 0);
	for (i = 0; i < 2 * FRAMES_PER_THREAD; i++) {
		SUCCEEDS(unix_get_frame(far->in, &message, 0));
		expect(message.length == FRAME_BYTES, "another length");
		expect(memcmp(message.bytes, message.bytes + 1,
		    FRAME_BYTES - 1) == 0, "two frames are mixed");
	}
	join_threads();
	SUCCEEDS(unix_close_output(near));
	expect(unix_get_frame(far->in, &message, 0) == 0, "too many frames");
}

void
whole_datagrams(void)
{
	int fd = unix_listener_fileno(listener);
	char bytes[10];

	SUCCEEDS(unix_send("s", "one", 3));
	SUCCEEDS(unix_send("s", "three", 5));
	expect(recv(fd, bytes, sizeof(bytes), 0) == 3, "not the first one");
	expect(recv(fd, bytes, sizeof(bytes), 0) == 5, "not the second one");
	close_listener();
	FAILS_WITH(ENOENT, unix_send("s", "one", 3));
}
