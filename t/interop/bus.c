/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bus [-g] ADDRESS: calls Hello of a D-Bus daemon and prints the assigned name.
 * With -g over guarded ports, and then sends an open file to itself through the
 * daemon.
 *
 * The numbers are those of the D-Bus specification: "Authentication Protocol"
 * and "Message Format".
 */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unixport.h"

enum { CALL = 1, RETURN = 2, ERROR = 3, SIGNAL = 4 };
enum { PATH = 1, INTERFACE = 2, MEMBER = 3, DESTINATION = 6, SIGNATURE = 8,
    FILES = 9 };

static unsigned char message[10000];	/* the current message */
static size_t length;

static struct unix_ports bus;
static int guarded;

static void
die(const char *what)
{
	fprintf(stderr, "bus: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Plain ports must be flushed before an answer is read. */
static void
before_reading(void)
{
	if (!guarded && fflush(bus.out) == EOF)
		die("fflush");
}

/* A message is composed byte by byte, each value at its alignment. */

static void
align(size_t unit)
{
	while (length % unit != 0)
		message[length++] = 0;
}

static void
put_bytes(const void *bytes, size_t count)
{
	memcpy(message + length, bytes, count);
	length += count;
}

static void
put_number(uint32_t number)
{
	int shift;

	for (shift = 0; shift < 32; shift += 8)
		message[length++] = (unsigned char)(number >> shift & 0xff);
}

static uint32_t
number_at(const unsigned char *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	    (uint32_t)bytes[3] << 24;
}

/* Puts the begin of a field of the header: its code and its type. */
static void
put_field(int code, char type)
{
	char bytes[4] = { (char)code, 1, type, '\0' };

	align(8);
	put_bytes(bytes, 4);
}

static void
put_text(int code, char type, const char *text)
{
	put_field(code, type);
	put_number((uint32_t)strlen(text));
	put_bytes(text, strlen(text) + 1);
}

static void
begin(int kind, uint32_t body, uint32_t serial)
{
	char bytes[4] = { 'l', (char)kind, 0, 1 };

	length = 0;
	put_bytes(bytes, 4);
	put_number(body);
	put_number(serial);
	put_number(0);		/* the length of the fields, when known */
}

static void
end_fields(void)
{
	size_t end = length;

	length = 12;
	put_number((uint32_t)end - 16);
	length = end;
	align(8);
}

static void
send_message(void)
{
	if (fwrite(message, 1, length, bus.out) != length)
		die("send");
}

/* Receives the next message.  Returns its body. */
static const unsigned char *
receive_message(void)
{
	uint32_t body, fields;

	before_reading();
	if (fread(message, 1, 16, bus.in) != 16)
		die("receive");
	body = number_at(message + 4);
	fields = (number_at(message + 12) + 7) / 8 * 8;
	length = 16 + (size_t)fields + body;
	if (length > sizeof(message) || fread(message + 16, 1, length - 16,
	    bus.in) != length - 16)
		die("receive");
	if (message[1] == ERROR)
		die((const char *)message + 16 + fields + 4);
	return message + 16 + fields;
}

static int
mentions(const char *text)
{
	size_t i;

	for (i = 0; i + strlen(text) <= length; i++)
		if (memcmp(message + i, text, strlen(text)) == 0)
			return 1;
	return 0;
}

/* The answer must begin with START. */
static void
expect(const char *start)
{
	char line[200];

	before_reading();
	if (fgets(line, sizeof(line), bus.in) == NULL)
		die(start);
	printf("%s", line);
	if (strncmp(line, start, strlen(start)) != 0)
		die(line);
}

/* The socket identifies the user; the uid is sent as hex of its digits. */
static void
authenticate(void)
{
	char digits[20], *digit;

	snprintf(digits, sizeof(digits), "%lu", (unsigned long)geteuid());
	putc('\0', bus.out);
	fprintf(bus.out, "AUTH EXTERNAL ");
	for (digit = digits; *digit != '\0'; digit++)
		fprintf(bus.out, "%02x", (unsigned)*digit);
	fprintf(bus.out, "\r\n");
	expect("OK ");
	fprintf(bus.out, "NEGOTIATE_UNIX_FD\r\n");
	expect("AGREE_UNIX_FD");
	fprintf(bus.out, "BEGIN\r\n");
}

static void
say_hello(char *name, size_t size)
{
	const unsigned char *body;

	begin(CALL, 0, 1);
	put_text(PATH, 'o', "/org/freedesktop/DBus");
	put_text(INTERFACE, 's', "org.freedesktop.DBus");
	put_text(MEMBER, 's', "Hello");
	put_text(DESTINATION, 's', "org.freedesktop.DBus");
	end_fields();
	send_message();
	do
		body = receive_message();
	while (message[1] != RETURN);
	snprintf(name, size, "%s", (const char *)body + 4);
	printf("our name is %s\n", name);
}

static void
send_file_to(const char *name, int fd)
{
	begin(SIGNAL, 4, 2);
	put_text(PATH, 'o', "/");
	put_text(INTERFACE, 's', "org.unixport");
	put_text(MEMBER, 's', "HandOver");
	put_text(DESTINATION, 's', name);
	put_field(SIGNATURE, 'g');
	put_bytes("\1h", 3);
	put_field(FILES, 'u');
	put_number(1);
	end_fields();
	put_number(0);		/* the body: the first of the files */
	if (unix_add_files(&bus, &fd, 1) == -1)
		die("unix_add_files");
	send_message();
}

static void
hand_over(const char *name)
{
	char words[20] = "";
	int ends[2], fd;

	if (pipe(ends) == -1 || write(ends[1], "through the bus", 15) != 15)
		die("pipe");
	send_file_to(name, ends[0]);
	close(ends[0]);
	close(ends[1]);
	do
		receive_message();
	while (!mentions("HandOver"));
	fd = unix_take_file(&bus);
	if (fd == -1 || read(fd, words, sizeof(words) - 1) == -1)
		die("unix_take_file");
	printf("a file says: %s\n", words);
	close(fd);
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .flags = UNIX_WAIT,
	    .connect_timeout = 10000, .sigpipe = UNIX_SIGPIPE_IGNORE };
	char name[200];

	guarded = argc == 3 && strcmp(argv[1], "-g") == 0;
	if (argc - guarded != 2)
		return 2;
	argv += guarded;
	if (guarded)
		options.flags |= UNIX_GUARDED | UNIX_FILES;
	if (unix_connect(argv[1], &options, &bus) == -1)
		die(argv[1]);
	authenticate();
	say_hello(name, sizeof(name));
	if (guarded)
		hand_over(name);
	if (unix_close_ports(&bus) == -1)
		die("close");
	return 0;
}
