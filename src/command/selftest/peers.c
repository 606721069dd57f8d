/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is at the other end, and descriptors that come from there. */
#include "selftest.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define FEW	20		/* descriptors, within any shell's limit */
#define STRANGER 65534		/* a user and a group, of whom none need be */

struct person {
	pid_t pid;
	uid_t uid;
	gid_t gid;
};

/* At the other end of PORTS is nobody else; the system may not tell pids. */
static void
is_peer(const struct unix_ports *ports, const struct person *person)
{
	struct unix_peer peer;

	succeeds_or_lacks(unix_peer(ports, &peer), ENOTSUP, "unix_peer");
	holds(peer.uid == person->uid, "another user");
	holds(peer.gid == person->gid, "another group");
	holds(peer.pid == -1 || peer.pid == person->pid, "another process");
}

static struct person
ourselves(void)
{
	return (struct person){ getpid(), geteuid(), getegid() };
}

/* As another user, where we may be one; he tells who he is. */
static void
visit(void *what)
{
	const struct person *server = what;
	struct unix_ports ports;
	struct person own;

	if (server->uid == 0)
		(void)!(setegid(STRANGER) == 0 && seteuid(STRANGER) == 0);
	own = ourselves();
	succeeds(unix_connect("s", NULL, &ports), "unix_connect");
	if (server->uid == 0)
		(void)!(seteuid(server->uid) == 0 &&
		    setegid(server->gid) == 0);
	is_peer(&ports, server);
	succeeds(fwrite(&own, sizeof(own), 1, ports.out) == 1 ? 0 : -1,
	    "fwrite");
	succeeds(unix_close_ports(&ports), "unix_close_ports");
}

static void
credentials(void)
{
	const struct unix_options anybody = { .mode = 0666 };
	struct unix_listener *listener = listen_at("s", &anybody);
	struct person server = ourselves(), client;
	struct unix_ports ports;
	pid_t process;

	succeeds(chmod(".", 0711), "chmod");
	process = begin_process(visit, &server);
	succeeds(unix_accept(listener, &ports), "unix_accept");
	holds(fread(&client, sizeof(client), 1, ports.in) == 1,
	    "the client is silent");
	is_peer(&ports, &client);
	end_well(process);
	succeeds(unix_close_ports(&ports), "unix_close_ports");
	close_listener(listener);
}

static void
open_passing(struct unix_ports pair[2])
{
	const struct unix_options options = { .flags = UNIX_FILES };

	make_pair(pair, &options);
}

/* As many as COUNT write ends of one pipe, with one byte each. */
static void
pass(struct unix_ports *ports, const int *files, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		succeeds(unix_add_files(ports, &files[i], 1),
		    "unix_add_files");
		succeeds(fputc('0' + i % 10, ports->out) == EOF ? -1 : 0,
		    "fputc");
	}
	succeeds(fputc('\n', ports->out) == EOF ? -1 : 0, "fputc");
	succeeds(fflush(ports->out), "fflush");
}

/* The two lead to one place. */
static void
take_end_of(int reader, struct unix_ports *ports)
{
	int fd = unix_take_file(ports);
	char byte;

	succeeds(fd, "unix_take_file");
	holds((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0, "it survives exec");
	holds(write(fd, "x", 1) == 1 && read(reader, &byte, 1) == 1,
	    "it is another file");
	close(fd);
}

static void
in_order(void)
{
	struct unix_ports pair[2];
	int ends[2][2], files[FEW], i;

	open_passing(pair);
	succeeds(pipe(ends[0]), "pipe");
	succeeds(pipe(ends[1]), "pipe");
	for (i = 0; i < FEW; i++)
		files[i] = ends[i % 2][1];
	pass(&pair[0], files, FEW);
	hear(&pair[1], "01234567890123456789\n");
	for (i = 0; i < FEW; i++)
		take_end_of(ends[i % 2][0], &pair[1]);
	fails(unix_take_file(&pair[1]), ENOMSG, "one more unix_take_file");
	for (i = 0; i < 4; i++)
		close(ends[i / 2][i % 2]);
	close_pair(pair);
}

/* The other end of the pipe that FD reads is closed everywhere. */
static void
expect_no_writer(int fd)
{
	char byte;

	succeeds(fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl");
	holds(read(fd, &byte, 1) == 0, "one is still open");
	close(fd);
}

static void
untaken_are_closed(void)
{
	struct unix_ports pair[2];
	int ends[2];

	open_passing(pair);
	succeeds(pipe(ends), "pipe");
	pass(&pair[0], &ends[1], 1);
	close(ends[1]);
	hear(&pair[1], "0\n");
	close_pair(pair);
	expect_no_writer(ends[0]);
}

/* To an honest sender, of whose output nothing is sent then. */
static void
expect_refusal(struct unix_ports pair[2])
{
	fails(unix_close_ports(&pair[0]), EPERM, "unix_close_ports");
	hear_end(&pair[1]);
	succeeds(unix_close_ports(&pair[1]), "unix_close_ports");
}

/*
 * Made of both kinds of ports: the receiver has not asked for any.  A guarded
 * one refuses them if the system can.
 */
static void
unasked_are_refused_or_closed(void)
{
	const struct unix_options sender = {
	    .flags = UNIX_GUARDED | UNIX_FILES };
	struct unix_ports pair[2], passing;
	int ends[2], sent;

	require_guarded();
	make_pair(pair, NULL);
	succeeds(unix_open_ports(dup(unix_fileno(&pair[0])), &sender,
	    &passing), "unix_open_ports");
	succeeds(unix_abandon_ports(&pair[0]), "unix_abandon_ports");
	pair[0] = passing;
	succeeds(pipe(ends), "pipe");
	succeeds(unix_add_files(&pair[0], &ends[1], 1), "unix_add_files");
	close(ends[1]);
	succeeds(fputs("line\n", pair[0].out) == EOF ? -1 : 0, "fputs");
	sent = fflush(pair[0].out);
	if (sent == -1 && errno == EPERM && kind == UNIX_GUARDED) {
		expect_refusal(pair);
	} else {
		succeeds(sent, "fflush");
		hear(&pair[1], "line\n");
		close_pair(pair);
	}
	expect_no_writer(ends[0]);
}

static const struct guarantee guarantees[] = {
	{ "the peer's user and group are told", BOTH, credentials },
	{ "descriptors arrive in order, closed on exec", GUARDED, in_order },
	{ "descriptors that are not taken are closed", GUARDED,
	    untaken_are_closed },
	{ "descriptors that were not asked for are closed", PLAIN,
	    unasked_are_refused_or_closed },
	{ "descriptors that were not asked for are refused, or closed",
	    GUARDED, unasked_are_refused_or_closed }
};

const struct chapter peers_chapter = CHAPTER("Peers", guarantees);
