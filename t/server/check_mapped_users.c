/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients and servers in user and pid namespaces, with and without maps: the
 * user that a server sees, and whether UNIX_SAME_USER accepts it.  A table of
 * both is printed.
 */
#include "support.h"

#include <sys/stat.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "privilege.h"

/* A process of USER, which has the uid INSIDE in its namespaces. */
static const struct place {
	const char *name;
	uid_t user;
	int namespaces;		/* flags of unshare(2) */
	const char *map;	/* of the user namespace, or none */
	uid_t inside;
	int is_identified;	/* the process identifies its own user */
} places[] = {
	{ "1000", 1000, 0, NULL, 1000, 1 },
	{ "1001", 1001, 0, NULL, 1001, 1 },
	{ "1000, new pid namespace", 1000, CLONE_NEWPID, NULL, 1000, 1 },
	{ "1000, mapped to 0", 1000, CLONE_NEWUSER, "0 1000 1", 0, 1 },
	{ "1000, mapped to 65534", 1000, CLONE_NEWUSER, "65534 1000 1", 65534,
	    0 },
	{ "1000, no map", 1000, CLONE_NEWUSER, NULL, 65534, 0 },
	{ "101000, subordinate of 1000", 101000, CLONE_NEWUSER,
	    "0 1000 1\n1 101000 9", 1, 1 },
	{ "65534, every user mapped", 65534, CLONE_NEWUSER,
	    "0 0 4294967295", 65534, 1 },
	{ "65534", 65534, 0, NULL, 65534, 1 },
};

/* The two pipes of the test and a process in a place. */
struct actor {
	pid_t process;
	int to[2], from[2];
};

struct seen {
	uid_t user;
	int pid_is_known;
	int is_accepted;
};

static struct unix_options public = { .mode = 0666, .accept_timeout = -1 };
static struct unix_options same_user = { .mode = 0666, .accept_timeout = -1,
    .flags = UNIX_SAME_USER };

static void
signal_test(struct actor *actor)
{
	if (write(actor->from[1], "", 1) != 1)
		_exit(90);
}

static void
await_test(struct actor *actor)
{
	char byte;

	if (read(actor->to[0], &byte, 1) != 1)
		_exit(91);
}

static void
signal_actor(struct actor *actor)
{
	ck_assert_int_eq(write(actor->to[1], "", 1), 1);
}

static void
await_actor(struct actor *actor)
{
	char byte;

	ck_assert_int_eq(read(actor->from[0], &byte, 1), 1);
}

/* A child is the first process of a pid namespace; its parent waits. */
static void
enter_place(struct actor *actor, const struct place *place)
{
	pid_t child;

	/* Enters the pid namespace before privileges are dropped. */
	if ((place->namespaces & CLONE_NEWPID) != 0) {
		if (unshare(CLONE_NEWPID) == -1)
			_exit(92);
		child = fork();
		if (child != 0)
			_exit(child_status(child));
	}
	/* A subordinate user enters the namespace of user 1000. */
	if (setgid(1000) == -1 || setuid(place->user > 100000 ? 1000 :
	    place->user) == -1)
		_exit(93);
	if ((place->namespaces & CLONE_NEWUSER) != 0 &&
	    unshare(CLONE_NEWUSER) == -1)
		_exit(94);
	signal_test(actor);
	await_test(actor);
	if (geteuid() != place->inside && setuid(place->inside) == -1)
		_exit(95);
}

static void
write_map(const struct actor *actor, const char *map)
{
	char path[60];
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/uid_map",
	    (long)actor->process);
	fd = open(path, O_WRONLY);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, map, strlen(map)), (int)strlen(map));
	close(fd);
}

/* Start BODY in PLACE, and return when it has signalled. */
static void
start_actor(struct actor *actor, const struct place *place,
    void (*body)(struct actor *))
{
	ck_assert_int_eq(pipe(actor->to), 0);
	ck_assert_int_eq(pipe(actor->from), 0);
	actor->process = fork();
	if (actor->process == 0) {
		enter_place(actor, place);
		body(actor);
		_exit(0);
	}
	await_actor(actor);
	if (place->map != NULL)
		write_map(actor, place->map);
	signal_actor(actor);
	await_actor(actor);
}

static void
end_actor(struct actor *actor)
{
	int i;

	ck_assert_int_eq(child_status(actor->process), 0);
	for (i = 0; i < 2; i++) {
		close(actor->to[i]);
		close(actor->from[i]);
	}
}

/* The client of both listeners, until the server has accepted. */
static void
be_client(struct actor *actor)
{
	struct unix_ports ports[2];

	if (unix_connect("public", NULL, &ports[0]) == -1 ||
	    unix_connect("same", NULL, &ports[1]) == -1)
		_exit(80);
	signal_test(actor);
	await_test(actor);
}

static void
be_server(struct actor *actor)
{
	struct unix_listener *to_all = unix_listen("public", &public);
	struct unix_listener *to_same = unix_listen("same", &same_user);
	struct seen seen = { .user = 0 };
	struct unix_ports ports;
	struct unix_peer peer;

	if (to_all == NULL || to_same == NULL)
		_exit(70);
	signal_test(actor);
	await_test(actor);
	if (unix_accept(to_all, &ports) == -1 ||
	    unix_peer(&ports, &peer) == -1)
		_exit(71);
	seen.user = peer.uid;
	seen.pid_is_known = peer.pid != -1;
	seen.is_accepted = unix_accept(to_same, &ports) == 0;
	if (!seen.is_accepted && errno != ETIMEDOUT)
		_exit(72);
	if (unix_close(to_all) == -1 || unix_close(to_same) == -1)
		_exit(73);
	if (write(actor->from[1], &seen, sizeof(seen)) != sizeof(seen))
		_exit(74);
}

static void
try_client(const struct place *at_server, const struct place *at_client,
    struct seen *seen)
{
	struct actor server, client;

	start_actor(&server, at_server, be_server);
	start_actor(&client, at_client, be_client);
	signal_actor(&server);
	ck_assert_int_eq(read(server.from[0], seen, sizeof(*seen)),
	    sizeof(*seen));
	signal_actor(&client);
	end_actor(&server);
	end_actor(&client);
}

/* The uid by which clients_per_user counts the client. */
static uid_t
seen_by(const struct place *server, const struct place *client)
{
	if (server->namespaces != CLONE_NEWUSER || server->user == 65534)
		return client->user;
	if (server->map != NULL && client->user == 1000)
		return server->inside == 1 ? 0 : server->inside;
	if (server->inside == 1 && client->user == server->user)
		return server->inside;
	return 65534;
}

static void
print_head(void)
{
	size_t i;

	printf("# | The user that each server sees; + if UNIX_SAME_USER "
	    "accepts the client.\n# | %-30s", "server \\ client");
	for (i = 0; i < COUNT(places); i++)
		printf(" %6c ", 'a' + (int)i);
	printf("\n");
}

START_TEST(same_user_is_accepted_if_it_can_be_identified)
{
	const struct place *server = &places[_i], *client;
	struct seen seen;
	char row[300];
	int length;

	ck_assert_int_eq(chmod(".", 0777), 0);
	if (_i == 0)
		print_head();
	length = snprintf(row, sizeof(row), "# | %c %-28s", 'a' + _i,
	    server->name);
	for (client = places; client < places + COUNT(places); client++) {
		try_client(server, client, &seen);
		length += snprintf(row + length, sizeof(row) - (size_t)length,
		    " %6u%c", seen.user, seen.is_accepted ? '+' : ' ');
		ck_assert_uint_eq(seen.user, seen_by(server, client));
		ck_assert_int_eq(seen.is_accepted, server->is_identified &&
		    server->user == client->user);
		ck_assert_int_eq(seen.pid_is_known,
		    server->namespaces != CLONE_NEWPID);
	}
	printf("%s\n", row);
	fflush(stdout);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mapped_users");
	TCase *tests = add_case(suite, "users");

	require_root();
	require_namespaces(CLONE_NEWPID, "pid namespaces");
	require_namespaces(CLONE_NEWUSER, "user namespaces");
	tcase_add_loop_test(tests,
	    same_user_is_accepted_if_it_can_be_identified, 0, COUNT(places));
	return run_suite(suite);
}
