/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Idle: a service manager holds a socket, and a server adopts it, ends after an
 * idle time and is started again.  Each client that connects is answered.
 */
#include "stress.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CLIENTS		2	/* processes at a time */
#define STARTS		2	/* in each cycle */
#define VISITS		50	/* of each client */
#define MAX_IDLE_MS	2

static void
visit(void)
{
	const struct unix_options options = { .flags = UNIX_GUARDED };
	struct unix_ports ports;

	need(unix_connect("s", &options, &ports) == 0);
	if (pick(4) == 0)
		nap(MAX_IDLE_MS);
	need(fputs("hello\n", ports.out) != EOF);
	if (getc(ports.in) != 'h')
		give_up("a client was lost");
	shared->connections++;
	need(unix_abandon_ports(&ports) == 0);
}

/* Most clients come near the end of an idle time. */
static void
visit_often(void)
{
	int i;

	for (i = 0; i < VISITS; i++) {
		visit();
		nap(3 * MAX_IDLE_MS);
	}
}

static void
answer(struct unix_ports *ports, void *context)
{
	char line[20];

	(void)context;
	if (fgets(line, sizeof(line), ports->in) != NULL)
		fputs(line, ports->out);
}

/* One life of the server. */
static void
serve_until_idle(int held)
{
	const struct unix_options options = { .flags = UNIX_GUARDED };
	const struct unix_serve_options limits = {
		.clients = 1 + pick(CLIENTS),
		.idle = 1 + (int)pick(MAX_IDLE_MS)
	};
	struct unix_listener *listener;
	char address[20];

	snprintf(address, sizeof(address), "fd:%d", dup(held));
	listener = unix_listen(address, &options);
	need(listener != NULL);
	need(unix_serve(listener, answer, NULL, &limits) == 0);
	need(unix_close(listener) == 0);
	shared->events++;
}

static int
make_socket(void)
{
	const struct sockaddr_un name = { AF_UNIX, "s" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	need(fd != -1);
	need(bind(fd, (const struct sockaddr *)&name, sizeof(name)) == 0);
	need(listen(fd, 100) == 0);
	return fd;
}

static void
run_idle(unsigned number)
{
	int held = make_socket();
	pid_t driver = split();

	(void)number;
	if (driver == 0) {
		close(held);
		shared->ending = 0;
		drive(visit_often, CLIENTS, STARTS);
		shared->ending = 1;
		_exit(0);
	}
	while (!shared->ending) {
		serve_until_idle(held);
	}
	await(driver);
	need(close(held) == 0);
	need(unlink("s") == 0);
}

const struct scenario idle[] = {
	{ "idle", run_idle, "idle ends", 0 },
	{ NULL, NULL, NULL, 0 }
};
