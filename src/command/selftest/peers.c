/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests credentials of a peer, and descriptors from it. */
#include "selftest.h"

#define SENT_FILES	20		/* below any limit of descriptors */
#define OTHER_ID	65534		/* user and group */

static struct unix_peer server, client;

static void
record(struct unix_peer *self)
{
	*self = (struct unix_peer){ .pid = getpid(), .uid = geteuid(),
	    .gid = getegid() };
}

/* Some systems do not report the process. */
static void
expect_peer(const struct unix_ports *ports, const struct unix_peer *other)
{
	struct unix_peer peer;

	SUPPORTED(unix_peer(ports, &peer), ENOTSUP);
	expect(peer.uid == other->uid, "another user");
	expect(peer.gid == other->gid, "another group");
	expect(peer.pid == -1 || peer.pid == other->pid, "another process");
}

/* Root connects as another user, and sends the IDs that it connected with. */
static _Noreturn void
visit(void)
{
	if (server.uid == 0)
		(void)!(setegid(OTHER_ID) == 0 && seteuid(OTHER_ID) == 0);
	record(&client);
	SUCCEEDS(unix_connect("s", NULL, near));
	if (server.uid == 0)
		(void)!(seteuid(0) == 0 && setegid(server.gid) == 0);
	expect_peer(near, &server);
	expect(fwrite(&client, sizeof(client), 1, near->out) == 1, "fwrite");
	SUCCEEDS(unix_close_ports(near));
	_exit(0);
}

void
credentials(void)
{
	pid_t process;

	record(&server);
	SUCCEEDS(chmod(".", 0711));
	process = SUCCEEDS(fork());
	if (process == 0)
		visit();
	SUCCEEDS(unix_accept(listener, far));
	expect(fread(&client, sizeof(client), 1, far->in) == 1,
	    "the client is silent");
	expect_peer(far, &client);
	judge_end(await_process(process));
}

void
files_in_order(void)
{
	int pipes[2][2], fd, i;
	char byte;

	SUCCEEDS(pipe(pipes[0]));
	SUCCEEDS(pipe(pipes[1]));
	for (i = 0; i < SENT_FILES; i++) {
		SUCCEEDS(unix_add_files(near, &pipes[i % 2][1], 1));
		SUCCEEDS(fputc('x', near->out));
	}
	send_text(near, "\n");
	expect_text(far, "xxxxxxxxxxxxxxxxxxxx\n");
	for (i = 0; i < SENT_FILES; i++) {
		fd = SUCCEEDS(unix_take_file(far));
		expect(fcntl(fd, F_GETFD) == FD_CLOEXEC, "not close-on-exec");
		expect(write(fd, "x", 1) == 1 &&
		    read(pipes[i % 2][0], &byte, 1) == 1,
		    "it is another file");
		close(fd);
	}
	FAILS_WITH(ENOMSG, unix_take_file(far));
	for (i = 0; i < 4; i++)
		close(pipes[i / 2][i % 2]);
}

/*
 * Without UNIX_FILES, the library closes descriptors.  A kernel that has
 * SO_PASSRIGHTS (Linux 6.16) refuses them: the send fails with EPERM.
 */
void
files_not_taken(void)
{
	const struct unix_options sending = {
	    .flags = UNIX_GUARDED | UNIX_FILES };
	struct unix_ports sender;
	int ends[2];
	char byte;

	SUPPORTED(unix_open_ports(dup(unix_fileno(near)), &sending, &sender),
	    ENOTSUP);
	SUCCEEDS(unix_abandon_ports(near));
	SUCCEEDS(pipe(ends));
	SUCCEEDS(fcntl(ends[0], F_SETFL, O_NONBLOCK));
	SUCCEEDS(unix_add_files(&sender, &ends[1], 1));
	SUCCEEDS(fputs("line\n", sender.out));
	close(ends[1]);
	if (fflush(sender.out) == 0) {
		expect_text(far, "line\n");
		SUCCEEDS(unix_close_ports(&sender));
	} else {
		expect(errno == EPERM && options.flags == UNIX_GUARDED,
		    strerror(errno));
		FAILS_WITH(EPERM, unix_close_ports(&sender));
		expect_eof(far);
	}
	SUCCEEDS(unix_close_ports(far));
	expect(read(ends[0], &byte, 1) == 0, "a descriptor is still open");
	close(ends[0]);
}
