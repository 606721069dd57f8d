/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * operations: common calls of the library, each many times, under valgrind's
 * callgrind, which writes the instructions of each to a file of its own.
 * t/bench/check reads them; no clock is read here.
 */
#include "operations.h"

#include <sys/socket.h>
#include <pthread.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif
#if defined(__has_include)
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#endif
#endif

struct unix_options options;

static struct unix_listener *listener;

static int has_threads;

static const char *
kind(void)
{
	if ((options.flags & UNIX_UNLOCKED) != 0)
		return "unlocked";
	if ((options.flags & UNIX_GUARDED) != 0)
		return has_threads ? "threads" : "guarded";
	return "plain";
}

/* TIMES of WORK are counted; the first is not, since it binds symbols. */
void
measure(const char *name, void (*work)(int), int times)
{
	char title[100];

	work(1);
	snprintf(title, sizeof(title), "%s, %s/%d", kind(), name, times);
#ifdef CALLGRIND_ZERO_STATS
	CALLGRIND_ZERO_STATS;
	work(times);
	CALLGRIND_DUMP_STATS_AT(title);
#endif
}

static void
open_pairs(int times)
{
	struct unix_ports two[2];

	while (times-- > 0) {
		need(unix_pair(&options, two) == 0, "unix_pair");
		need(unix_close_ports(&two[0]) == 0 &&
		    unix_close_ports(&two[1]) == 0, "unix_close_ports");
	}
}

static const char *
path(void)
{
	return unix_listener_path(listener);
}

/* Both sides of connections. */
static void
connect_both(int times)
{
	struct unix_ports client, server;

	while (times-- > 0) {
		need(unix_connect(path(), &options, &client) == 0,
		    "unix_connect");
		need(unix_accept(listener, &server) == 0, "unix_accept");
		need(unix_close_ports(&client) == 0 &&
		    unix_close_ports(&server) == 0, "unix_close_ports");
	}
}

/* A client's connection, with a line both ways; unix_serve() answers. */
static void
visit(int times)
{
	struct unix_ports client;
	char line[100];

	while (times-- > 0) {
		need(unix_connect(path(), &options, &client) == 0,
		    "unix_connect");
		need(fputs(LINE, client.out) != EOF, "fputs");
		need(fgets(line, sizeof(line), client.in) != NULL, "fgets");
		/* The other side ends first, always. */
		need(fgetc(client.in) == EOF, "fgetc");
		need(unix_close_ports(&client) == 0, "unix_close_ports");
	}
}

static void
send_datagrams(int times)
{
	char bytes[LINE_BYTES];

	while (times-- > 0) {
		need(unix_send(path(), LINE, LINE_BYTES) == 0, "unix_send");
		need(recv(unix_listener_fileno(listener), bytes,
		    LINE_BYTES, 0) ==
		    (ssize_t)LINE_BYTES, "recv");
	}
}

static void
check_addresses(int times)
{
	while (times-- > 0)
		need(unix_check_address("unix:/run/user/1000/app.sock", 0) ==
		    0, "unix_check_address");
}

static void
answer(struct unix_ports *ports, void *context)
{
	char line[100];

	(void)context;
	need(fgets(line, sizeof(line), ports->in) != NULL &&
	    fputs(line, ports->out) != EOF, "answer");
}

/* One thread only: with several, the counts would vary with the scheduling. */
static void *
serve(void *context)
{
	static const struct unix_serve_options one = { .clients = 1 };

	need(unix_serve(listener, answer, context, &one) == 0, "unix_serve");
	return NULL;
}

static void
begin_listening(const struct unix_options *how)
{
	listener = unix_listen("s", how);
	need(listener != NULL, "unix_listen");
}

static void
end_listening(void)
{
	need(unix_close(listener) == 0, "unix_close");
}

static void
measure_kind(unsigned flags)
{
	options.flags = flags;
	measure_streams();
	measure("unix_pair, close", open_pairs, FEW);
	begin_listening(&options);
	measure("connect, accept, close", connect_both, FEW);
	end_listening();
}

/* From now on, stdio locks its streams in each call. */
static void
measure_server(void)
{
	pthread_t thread;

	begin_listening(&options);
	errno = pthread_create(&thread, NULL, serve, NULL);
	need(errno == 0, "pthread_create");
	visit(FEW);
	measure("a visit to unix_serve", visit, FEW);
	need(unix_interrupt(listener) == 0, "unix_interrupt");
	pthread_join(thread, NULL);
	end_listening();
}

/* Prints the machine: libc selects functions for the CPU, and counts differ. */
static void
show_libc(void)
{
#ifdef __GLIBC__
	printf("glibc %s", gnu_get_libc_version());
#else
	printf("another libc");
#endif
#if defined(__x86_64__)
	printf(", x86_64%s\n", __builtin_cpu_supports("avx2") ? ", AVX2" : "");
#else
	printf(", another machine\n");
#endif
}

int
main(int argc, char *argv[])
{
	static const struct unix_options datagrams = {
		.flags = UNIX_DATAGRAM };
	char directory[] = "/tmp/unixport.XXXXXX";

	(void)argv;
	show_libc();
#ifndef CALLGRIND_ZERO_STATS
	fputs("operations: made without <valgrind/callgrind.h>;"
	    " it comes with valgrind\n", stderr);
	return 1;
#endif
	if (argc > 1)
		return 0;
	need(mkdtemp(directory) != NULL && chdir(directory) == 0, "mkdtemp");
	measure_kind(0);
	measure("unix_check_address", check_addresses, REPETITIONS);
	begin_listening(&datagrams);
	measure("unix_send", send_datagrams, FEW);
	end_listening();
	measure_kind(UNIX_GUARDED);
	measure_server();
	has_threads = 1;
	measure_streams();
	options.flags = UNIX_GUARDED | UNIX_UNLOCKED;
	measure_streams();
	need(rmdir(directory) == 0, "rmdir");
	return 0;
}
