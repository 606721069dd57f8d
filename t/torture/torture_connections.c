/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: unix_accept(), unix_connect(), unix_pair(), unix_open_ports(). */
#include "config.h"

#include <sys/socket.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

static char address[400];

/* Accepting: a client is in the queue and has sent a line. */

static void
add_client(const char *line)
{
	raw[0] = raw_client("s");
	need(write(raw[0], line, strlen(line)) == (ssize_t)strlen(line));
}

static void
prepare_accept(void)
{
	options.sigpipe = UNIX_SIGPIPE_IGNORE;
	need((listener = unix_listen("s", &options)) != NULL);
	add_client("first\n");
}

/* After a client was dropped, the call must not wait for another. */
static void
prepare_same_user(void)
{
	options.flags |= UNIX_SAME_USER;
	options.accept_timeout = 50;
	prepare_accept();
}

static int
call_accept(void)
{
	return unix_accept(listener, &ports);
}

/* The client is still in the queue, or was dropped and reads EOF. */
static int
accept_again(int error)
{
	char byte;

	(void)error;
	if (client_lost) {
		need(read(raw[0], &byte, 1) <= 0);
		close(raw[0]);
		add_client("second\n");
	}
	return call_accept();
}

static void
finish_accept(void)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };

	expect_line(ports.in, client_lost ? "second\n" : "first\n");
	need(unix_close_ports(&ports) == 0);
	need(sigaction(SIGPIPE, &usual, NULL) == 0);
}

static void
clean_accept(void)
{
	close(raw[0]);
	need(unix_close(listener) == 0);
}

static int
call_accept_ready(void)
{
	return unix_accept_ready(listener) == 1 ? 0 : -1;
}

/* Connecting: a listener exists, and does not accept. */

static void
prepare_connect(void)
{
	raw[0] = raw_listener("s", SOCK_STREAM);
	strcpy(address, "s");
	options.connect_timeout = 10000;
}

static void
prepare_patient(void)
{
	prepare_connect();
	options.flags |= UNIX_WAIT | UNIX_SAME_USER;
	options.sigpipe = UNIX_SIGPIPE_IGNORE;
}

static void
prepare_long(void)
{
	prepare_connect();
	options.connect_timeout = 0;
	memset(address, 'l', 200);
	address[200] = '\0';
	need(rename("s", address) == 0);
}

static void
prepare_abstract(void)
{
	snprintf(address, sizeof(address), "@unixport.torture.%ld",
	    (long)getpid());
	raw[0] = raw_listener(address, SOCK_STREAM);
}

static int
call_connect(void)
{
	return unix_connect(address, &options, &ports);
}

static void
finish_connect(void)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };
	ssize_t got;
	char bytes[3];
	int fd;

	say(ports.out, "hi\n");
	do {		/* attempts that failed late are queued, too */
		need((fd = accept(raw[0], NULL, NULL)) != -1);
		got = read(fd, bytes, sizeof(bytes));
		need(close(fd) == 0);
	} while (got == 0);
	need(got == 3);
	need(unix_close_ports(&ports) == 0);
	need(sigaction(SIGPIPE, &usual, NULL) == 0);
}

static void
clean_connect(void)
{
	close(raw[0]);
	if (*address != '@')
		need(unlink(address) == 0);
}

/* Sockets that the library has not made. */

static void
prepare_socket(void)
{
	need(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, raw) == 0);
	snprintf(address, sizeof(address), "fd:%d", raw[0]);
	options.flags |= UNIX_SAME_USER;
}

static void
prepare_with_files(void)
{
	prepare_socket();
	options.flags |= UNIX_FILES;
}

static int
call_open_ports(void)
{
	return unix_open_ports(raw[0], &options, &ports);
}

static void
finish_socket(void)
{
	need((fcntl(raw[0], F_GETFL) & O_NONBLOCK) == 0);
	need(write(raw[1], "one\n", 4) == 4);
	expect_line(ports.in, "one\n");
	need(unix_close_ports(&ports) == 0);
	need(fcntl(raw[0], F_GETFD) == -1);
}

static void
clean_socket(void)
{
	close(raw[1]);
}

static void
prepare_pair(void)
{
	memset(pair, 0x5a, sizeof(pair));
}

static int
call_pair(void)
{
	struct unix_ports before = pair[1];

	if (unix_pair(&options, pair) == 0)
		return 0;
	need(memcmp(&before, &pair[1], sizeof(before)) == 0);
	return -1;
}

static void
finish_pair(void)
{
	say(pair[0].out, "hello\n");
	expect_line(pair[1].in, "hello\n");
	need(unix_close_ports(&pair[0]) == 0);
	need(unix_close_ports(&pair[1]) == 0);
}

#define CONNECT(name, kinds, prepare) \
	{ "connect_" name, kinds, 0, prepare, call_connect, NULL, \
	    finish_connect, clean_connect }

const struct scenario connections[] = {
	{ "accept", BOTH, 0, prepare_accept, call_accept, accept_again,
	    finish_accept, clean_accept },
	{ "accept_same_user", BOTH, 0, prepare_same_user, call_accept,
	    accept_again, finish_accept, clean_accept },
	{ "accept_ready", PLAIN, 0, prepare_accept, call_accept_ready, NULL,
	    nothing, clean_accept },
	CONNECT("path", BOTH, prepare_connect),
	CONNECT("patient", BOTH, prepare_patient),
	CONNECT("long", BOTH, prepare_long),
	CONNECT("abstract", BOTH, prepare_abstract),
	{ "connect_given", BOTH, 0, prepare_socket, call_connect, NULL,
	    finish_socket, clean_socket },
	{ "open_ports", BOTH, 0, prepare_socket, call_open_ports, NULL,
	    finish_socket, clean_socket },
	{ "open_ports_files", GUARDED, 0, prepare_with_files, call_open_ports,
	    NULL, finish_socket, clean_socket },
	{ "pair", BOTH, 0, prepare_pair, call_pair, NULL, finish_pair,
	    nothing },
	{ .name = NULL }
};
