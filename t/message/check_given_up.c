/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP connections that the kernel ends because the peer does not read for
 * TCP_USER_TIMEOUT.  ETIMEDOUT of the kernel must not be mistaken for a timeout
 * of the library, after which a read continues.
 */
#include "traffic.h"

#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#define USER_TIMEOUT_MS		300

static struct unix_ports ports;
static struct unix_buffer buffer;
static int peer;

/* A TCP connection; the peer has sent the bytes of TEXT. */
static void
open_tcp(const struct unix_options *options, const char *text, size_t length)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr *address = (struct sockaddr *)&name;
	socklen_t size = sizeof(name);
	unsigned limit = USER_TIMEOUT_MS;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char byte;

	ck_assert_int_eq(bind(listener, address, size), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, address, &size), 0);
	ck_assert_int_eq(connect(fd, address, size), 0);
	peer = accept(listener, NULL, NULL);
	ck_assert_int_ne(peer, -1);
	ck_assert_int_eq(close(listener), 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit,
	    sizeof(limit)), 0);
	if (length > 0) {
		ck_assert_int_eq(send(peer, text, length, 0), (int)length);
		ck_assert_int_eq(recv(fd, &byte, 1, MSG_PEEK), 1);
	}
	succeeds(unix_open_ports(fd, options, &ports));
}

static void
close_tcp(void)
{
	unix_free_buffer(&buffer);
	unix_abandon_ports(&ports);
	ck_assert_int_eq(close(peer), 0);
}

/* The timeout of the kernel begins here. */
static void
send_to_a_peer_that_does_not_read(void)
{
	fill_socket(&ports);
}

static int
get_one_byte(FILE *in, struct unix_buffer *unused, size_t limit)
{
	char byte;

	(void)unused;
	(void)limit;
	return (int)unix_get_bytes(in, &byte, 1);
}

static const struct message {
	int (*get)(FILE *, struct unix_buffer *, size_t);
	const char *part;
	size_t length;
} messages[] = {
	{ unix_get_line, "cut", 3 },
	{ unix_get_line, "", 0 },
	{ unix_get_frame, "\0\0\0\7cut", 7 },
	{ unix_get_frame, "\0\0", 2 },
	{ unix_get_frame, "", 0 },
	{ get_one_byte, "", 0 },
};

START_TEST(connection_that_the_kernel_ends_is_ECONNRESET)
{
	const struct message *m = &messages[_i];

	open_tcp(of_kind(NULL), m->part, m->length);
	send_to_a_peer_that_does_not_read();
	fails(m->get(ports.in, &buffer, 0), ECONNRESET);
	ck_assert(ferror(ports.in));
	ck_assert_uint_eq(buffer.length, 0);
	close_tcp();
}
END_TEST

START_TEST(bytes_precede_ECONNRESET)
{
	char bytes[10];

	open_tcp(of_kind(NULL), "cut", 3);
	send_to_a_peer_that_does_not_read();
	answers(unix_get_bytes(ports.in, bytes, sizeof(bytes)), 3);
	fails(unix_get_bytes(ports.in, bytes, sizeof(bytes)), ECONNRESET);
	ck_assert(ferror(ports.in));
	close_tcp();
}
END_TEST

/* The timeout of the ports is longer than that of the kernel. */
START_TEST(longer_timeout_of_the_ports_has_no_effect)
{
	struct unix_options options = { .read_timeout = 20000,
	    .write_timeout = 20000 };

	open_tcp(of_kind(&options), "cut", 3);
	send_to_a_peer_that_does_not_read();
	fails(unix_get_line(ports.in, &buffer, 0), ECONNRESET);
	close_tcp();
}
END_TEST

START_TEST(shorter_timeout_of_the_ports_is_ETIMEDOUT)
{
	struct unix_options options = { .read_timeout = 20 };

	open_tcp(of_kind(&options), "cut", 3);
	fails(unix_get_line(ports.in, &buffer, 0), ETIMEDOUT);
	ck_assert(!ferror(ports.in));
	ck_assert_int_eq(send(peer, "off\n", 4, 0), 4);
	answers(unix_get_line(ports.in, &buffer, 0), 1);
	ck_assert_str_eq(buffer.bytes, "cutoff");
	close_tcp();
}
END_TEST

/* stdio on plain ports reports the errno of the kernel. */
START_TEST(fgets_fails_with_ECONNRESET)
{
	char line[10];

	open_tcp(of_kind(NULL), "cut", 3);
	send_to_a_peer_that_does_not_read();
	errno = 0;
	ck_assert(fgets(line, sizeof(line), ports.in) == NULL ||
	    ferror(ports.in));
	ck_assert_int_eq(errno, guarded ? ECONNRESET : ETIMEDOUT);
	close_tcp();
}
END_TEST

/* The kernel can make room for more bytes than it accepts at first. */
static int
write_on(void)
{
	while (fputs("stuck\n", ports.out) != EOF && fflush(ports.out) != EOF)
		;
	return -1;
}

static const struct unix_options limits[] = {
	{ 0 }, { .write_timeout = 20000 }
};

START_TEST(later_writes_fail_with_ECONNRESET)
{
	open_tcp(of_kind(&limits[_i]), "", 0);
	send_to_a_peer_that_does_not_read();
	fails(write_on(), ECONNRESET);
	ck_assert_int_ne(fputs("again\n", ports.out), EOF);
	fails(fflush(ports.out), ECONNRESET);
	fails(unix_close_ports(&ports), ECONNRESET);
	ck_assert_int_eq(close(peer), 0);
}
END_TEST

/* The write has consumed the error, and recv(2) would report EOF. */
START_TEST(read_after_a_failed_write_is_not_EOF)
{
	open_tcp(of_kind(&limits[_i]), "cut", 3);
	send_to_a_peer_that_does_not_read();
	fails(write_on(), ECONNRESET);
	fails(unix_get_line(ports.in, &buffer, 0), ECONNRESET);
	close_tcp();
}
END_TEST

/* The connection ends while output of the tie is unacknowledged. */
START_TEST(read_that_sends_output_is_not_EOF)
{
	struct unix_options options = { .read_timeout = 20000 };

	open_tcp(of_kind(&options), "cut", 3);
	send_to_a_peer_that_does_not_read();
	ck_assert_int_ne(fputs("stuck\n", ports.out), EOF);
	fails(unix_get_line(ports.in, &buffer, 0), ECONNRESET);
	close_tcp();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");

	tcase_add_loop_test(core,
	    connection_that_the_kernel_ends_is_ECONNRESET,
	    0, (int)COUNT(messages));
	tcase_add_test(core, bytes_precede_ECONNRESET);
	tcase_add_test(core, fgets_fails_with_ECONNRESET);
	if (!guarded)
		return;
	tcase_add_test(core, longer_timeout_of_the_ports_has_no_effect);
	tcase_add_test(core, shorter_timeout_of_the_ports_is_ETIMEDOUT);
	tcase_add_loop_test(core, later_writes_fail_with_ECONNRESET,
	    0, (int)COUNT(limits));
	tcase_add_loop_test(core, read_after_a_failed_write_is_not_EOF,
	    0, (int)COUNT(limits));
	tcase_add_test(core, read_that_sends_output_is_not_EOF);
}

int
main(void)
{
	return run_kinds("given_up", fill);
}
