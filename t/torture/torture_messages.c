/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: lines, frames, descriptors and datagrams. */
#include "config.h"

#include <sys/socket.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

#define MESSAGE_BYTES	((size_t)900)	/* the buffer grows twice */
#define FILES	3

static struct unix_buffer buffer;
static char text[MESSAGE_BYTES + 2], received[MESSAGE_BYTES + 1];
static size_t received_length;
static char address[300];

static void
prepare_text(void)
{
	make_pair();
	memset(text, 'm', MESSAGE_BYTES);
	text[MESSAGE_BYTES] = '\n';
}

static void
prepare_line(void)
{
	prepare_text();
	say(pair[1].out, text);
}

static void
prepare_frame(void)
{
	prepare_text();
	need(unix_put_frame(pair[1].out, text, MESSAGE_BYTES) == 0);
	need(fflush(pair[1].out) == 0);
}

static int
call_get_line(void)
{
	return unix_get_line(pair[0].in, &buffer, 0) == 1 ? 0 : -1;
}

static int
call_get_frame(void)
{
	return unix_get_frame(pair[0].in, &buffer, 0) == 1 ? 0 : -1;
}

/* The message is complete, whatever call failed before. */
static void
expect_message(void)
{
	need(buffer.length == MESSAGE_BYTES);
	need(memcmp(buffer.bytes, text, MESSAGE_BYTES) == 0);
	unix_free_buffer(&buffer);
}

static int
call_get_bytes(void)
{
	ssize_t n;

	while (received_length < sizeof(received)) {
		n = unix_get_bytes(pair[0].in, received + received_length,
		    sizeof(received) - received_length);
		if (n == -1)
			return -1;
		received_length += (size_t)n;
	}
	return 0;
}

static void
expect_bytes(void)
{
	need(memcmp(received, text, sizeof(received)) == 0);
	received_length = 0;
}

static int
get_bytes_again(int error)
{
	(void)error;
	clearerr(pair[0].in);
	return call_get_bytes();
}

static int
get_line_again(int error)
{
	(void)error;
	clearerr(pair[0].in);
	return call_get_line();
}

static int
get_frame_again(int error)
{
	(void)error;
	clearerr(pair[0].in);
	return call_get_frame();
}

static int
call_put_frame(void)
{
	return unix_put_frame(pair[0].out, text, MESSAGE_BYTES) == -1 ||
	    fflush_unlocked(pair[0].out) == EOF ? -1 : 0;
}

static int
put_frame_again(int error)
{
	(void)error;
	unix_abandon_ports(&pair[0]);
	unix_abandon_ports(&pair[1]);
	make_pair();
	return call_put_frame();
}

static int
call_put_line(void)
{
	return unix_put_line(pair[0].out, text, MESSAGE_BYTES) == -1 ||
	    fflush_unlocked(pair[0].out) == EOF ? -1 : 0;
}

static int
put_line_again(int error)
{
	(void)error;
	unix_abandon_ports(&pair[0]);
	unix_abandon_ports(&pair[1]);
	make_pair();
	return call_put_line();
}

static void
expect_sent_line(void)
{
	need(unix_get_line(pair[1].in, &buffer, 0) == 1);
	expect_message();
}

static void
expect_frame(void)
{
	need(unix_get_frame(pair[1].in, &buffer, 0) == 1);
	expect_message();
}

/* Descriptors: earlier output must be sent before them. */

static void
prepare_files(void)
{
	options.flags |= UNIX_FILES;
	make_pair();
	need(fputs("before\n", pair[0].out) != EOF);
}

static int
call_add_files(void)
{
	const int files[FILES] = { 0, 1, 2 };

	return unix_add_files(&pair[0], files, FILES);
}

/* After a failed write all writes fail; after a failed dup they do not. */
static int
add_files_again(int error)
{
	if (call_add_files() == 0)
		return 0;
	need(errno == error);
	need(unix_close_ports(&pair[0]) == -1 && errno == error);
	need(unix_close_ports(&pair[1]) == 0);
	prepare_files();
	return call_add_files();
}

static void
take_files(void)
{
	int i, fd;

	for (i = 0; i < FILES; i++) {
		need((fd = unix_take_file(&pair[1])) != -1);
		close(fd);
	}
	need(unix_take_file(&pair[1]) == -1 && errno == ENOMSG);
}

static void
expect_files(void)
{
	say(pair[0].out, "with\n");
	expect_line(pair[1].in, "before\n");
	expect_line(pair[1].in, "with\n");
	take_files();
}

static void
prepare_received(void)
{
	prepare_files();
	need(call_add_files() == 0);
	say(pair[0].out, "with\n");
}

static int
call_receive(void)
{
	char line[100];

	return fgets(line, sizeof(line), pair[1].in) == NULL ? -1 : 0;
}

static int
receive_again(int error)
{
	(void)error;
	clearerr(pair[1].in);
	return call_receive();
}

static void
expect_received(void)
{
	expect_line(pair[1].in, "with\n");
	take_files();
}

static int
call_send_files(void)
{
	return fputs("with\n", pair[0].out) == EOF ||
	    fflush_unlocked(pair[0].out) == EOF ? -1 : 0;
}

static void
prepare_sending(void)
{
	prepare_files();
	need(call_add_files() == 0);
}

static int
send_files_again(int error)
{
	need(call_send_files() == -1 && errno == error);
	need(unix_close_ports(&pair[0]) == -1 && errno == error);
	need(unix_close_ports(&pair[1]) == 0);
	prepare_sending();
	return call_send_files();
}

static void
expect_sent_files(void)
{
	expect_line(pair[1].in, "before\n");
	expect_received();
}

/* Datagrams. */

static void
prepare_datagram(void)
{
	raw[0] = raw_listener("d", SOCK_DGRAM);
	strcpy(address, "d");
}

static void
prepare_long_datagram(void)
{
	prepare_datagram();
	memset(address, 'd', 200);
	need(rename("d", address) == 0);
}

static void
prepare_given_datagram(void)
{
	int fd[2];

	need(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd) == 0);
	raw[0] = fd[0];
	raw[1] = fd[1];
	snprintf(address, sizeof(address), "fd:%d", raw[1]);
}

static int
call_send(void)
{
	return unix_send(address, "word", 4);
}

static void
expect_datagram(void)
{
	char bytes[10];

	need(recv(raw[0], bytes, sizeof(bytes), MSG_DONTWAIT) == 4);
	need(recv(raw[0], bytes, sizeof(bytes), MSG_DONTWAIT) == -1);
}

static void
clean_datagram(void)
{
	close(raw[0]);
	if (*address == 'f')
		close(raw[1]);
	else
		need(unlink(address) == 0);
}

const struct scenario messages[] = {
	{ "get_line", BOTH, CHANGES, prepare_line, call_get_line,
	    get_line_again, expect_message, end_pair },
	{ "get_bytes", BOTH, CHANGES, prepare_line, call_get_bytes,
	    get_bytes_again, expect_bytes, end_pair },
	{ "get_frame", BOTH, CHANGES, prepare_frame, call_get_frame,
	    get_frame_again, expect_message, end_pair },
	{ "put_line", BOTH, CHANGES, prepare_text, call_put_line,
	    put_line_again, expect_sent_line, end_pair },
	{ "put_frame", BOTH, CHANGES, prepare_text, call_put_frame,
	    put_frame_again, expect_frame, end_pair },
	{ "add_files", GUARDED, CHANGES, prepare_files, call_add_files,
	    add_files_again, expect_files, end_pair },
	{ "send_files", GUARDED, CHANGES, prepare_sending, call_send_files,
	    send_files_again, expect_sent_files, end_pair },
	{ "receive_files", GUARDED, CHANGES, prepare_received, call_receive,
	    receive_again, expect_received, end_pair },
	{ "send", PLAIN, 0, prepare_datagram, call_send, NULL,
	    expect_datagram, clean_datagram },
	{ "send_long", PLAIN, 0, prepare_long_datagram, call_send, NULL,
	    expect_datagram, clean_datagram },
	{ "send_given", PLAIN, 0, prepare_given_datagram, call_send, NULL,
	    expect_datagram, clean_datagram },
	{ .name = NULL }
};
