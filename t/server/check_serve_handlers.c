/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations of handlers of unix_serve() on their connections. */
#include "servers.h"

#include <sys/wait.h>
#include <unistd.h>

static struct server server;
static struct gate gate = GATE;

static void
close_both(struct unix_ports *ports, void *context)
{
	(void)context;
	fputs("bye\n", ports->out);
	unix_close_ports(ports);
	pass_gate(&gate);
}

static void
abandon(struct unix_ports *ports, void *context)
{
	(void)context;
	fputs("bye\n", ports->out);
	fflush(ports->out);
	fputs("lost\n", ports->out);
	unix_abandon_ports(ports);
	pass_gate(&gate);
}

static void
fclose_both(struct unix_ports *ports, void *context)
{
	(void)context;
	fputs("bye\n", ports->out);
	fclose(ports->in);
	ports->in = NULL;
	fclose(ports->out);
	ports->out = NULL;
	pass_gate(&gate);
}

static void
fclose_out(struct unix_ports *ports, void *context)
{
	(void)context;
	fputs("bye\n", ports->out);
	fclose(ports->out);
	ports->out = NULL;
	pass_gate(&gate);
}

static void
hang_up(struct unix_ports *ports, void *context)
{
	(void)context;
	fputs("bye\n", ports->out);
	fflush(ports->out);
	unix_hang_up(ports);
	pass_gate(&gate);
}

static void
close_output(struct unix_ports *ports, void *context)
{
	(void)context;
	fputs("bye\n", ports->out);
	unix_close_output(ports);
	pass_gate(&gate);
}

static unix_handler *const closers[] = { close_both, abandon, fclose_both,
    fclose_out, hang_up, close_output };

START_TEST(client_reads_EOF_while_its_handler_continues)
{
	struct unix_ports client;

	start_server(&server, closers[_i], NULL);
	enter(&client);
	expect(client.in, "bye\n");
	expect_end(client.in);
	await_entered(&gate, 1);
	open_gate(&gate);
	leave(&client);
	end_server(&server);
}
END_TEST

/* The limit is one connection of a user, and the client waits for EOF. */
START_TEST(client_that_has_read_EOF_may_connect_again)
{
	const struct unix_serve_options options = { .clients_per_user = 1 };
	struct unix_ports client;
	unsigned i;

	start_server(&server, closers[_i], &options);
	for (i = 1; i <= 3; i++) {
		enter(&client);
		expect(client.in, "bye\n");
		expect_end(client.in);
		await_entered(&gate, i);
		leave(&client);
	}
	open_gate(&gate);
	end_server(&server);
}
END_TEST

/* The handlers close their output, and wait. */
START_TEST(client_that_stays_after_the_end_counts)
{
	unix_handler *const handlers[] = { fclose_out, close_output };
	const struct unix_serve_options options = { .clients_per_user = 1 };
	struct unix_ports clients[2];

	start_server(&server, handlers[_i], &options);
	enter(&clients[0]);
	expect(clients[0].in, "bye\n");
	expect_end(clients[0].in);
	await_entered(&gate, 1);
	enter(&clients[1]);
	expect_end(clients[1].in);
	abandon_all(clients, 2);
	open_gate(&gate);
	end_server(&server);
}
END_TEST

START_TEST(sequential_client_is_never_refused)
{
	const struct unix_serve_options options = { .clients_per_user = 1,
	    .clients = _i };
	struct unix_ports client;
	int i;

	start_server(&server, echo, &options);
	for (i = 0; i < 2000; i++) {
		enter(&client);
		ask(&client, "hello\n");
		succeeds(unix_close_output(&client));
		expect_end(client.in);
		leave(&client);
	}
	end_server(&server);
}
END_TEST

static void
fclose_in(struct unix_ports *ports, void *context)
{
	(void)context;
	fclose(ports->in);
	ports->in = NULL;
	fputs("bye\n", ports->out);
}

START_TEST(output_of_a_handler_without_input_is_sent)
{
	struct unix_ports client;

	start_server(&server, fclose_in, NULL);
	enter(&client);
	expect(client.in, "bye\n");
	expect_end(client.in);
	leave(&client);
	end_server(&server);
}
END_TEST

/* A child of the handler also holds the connection, and abandons it. */
static void
fork_child(struct unix_ports *ports, void *context)
{
	pid_t child;
	int status;

	(void)context;
	fputs("parent\n", ports->out);
	fflush(ports->out);
	child = fork();
	if (child == 0) {
		fputs("child\n", ports->out);
		end_child(fflush(ports->out) == 0 ? 7 : 8);
	}
	waitpid(child, &status, 0);
	fprintf(ports->out, "%d\n", WEXITSTATUS(status));
}

START_TEST(handlers_may_fork)
{
	struct unix_ports client;
	int i;

	start_server(&server, fork_child, NULL);
	for (i = 0; i < 3; i++) {
		enter(&client);
		expect(client.in, "parent\n");
		expect(client.in, "child\n");
		expect(client.in, "7\n");
		expect_end(client.in);
		leave(&client);
	}
	end_server(&server);
}
END_TEST

static void
return_at_once(struct unix_ports *ports, void *context)
{
	(void)ports;
	(void)context;
}

/* The request of the client is unread, or late, and is lost. */
START_TEST(handler_that_returns_ends_the_connection)
{
	struct unix_ports client;
	int i;

	start_server(&server, return_at_once, NULL);
	for (i = 0; i < 20; i++) {
		enter(&client);
		fputs("request\n", client.out);
		ck_assert_int_eq(getc(client.in), EOF);
		if (unix_abandon_ports(&client) == -1)
			ck_assert_int_eq(errno, EPIPE);
	}
	end_server(&server);
}
END_TEST

/* Queues an answer that no socket holds, and then waits for the client. */
static void
answer_without_waiting(struct unix_ports *ports, void *context)
{
	int i;

	(void)context;
	if (unix_set_timeouts(ports, -1, -1) == -1 || getc(ports->in) != EOF)
		return;
	for (i = 0; i < 50000; i++)
		fputs("answer\n", ports->out);
	if (unix_flush(ports) > 0 && unix_set_timeouts(ports, 0, 0) == 0)
		(void)unix_flush(ports);
}

START_TEST(handler_may_use_ports_that_never_wait)
{
	struct unix_ports client;
	int i;

	start_server(&server, answer_without_waiting, NULL);
	enter(&client);
	for (i = 0; i < 50000; i++)
		expect(client.in, "answer\n");
	expect_end(client.in);
	leave(&client);
	end_server(&server);
}
END_TEST

static void
write_much(struct unix_ports *ports, void *context)
{
	int i;

	(void)context;
	for (i = 0; i < 100000 && fputs("much\n", ports->out) != EOF; i++)
		;
}

START_TEST(client_that_has_closed_affects_no_other)
{
	struct unix_ports client;
	int i;

	start_server(&server, write_much, NULL);
	for (i = 0; i < 20; i++) {
		enter(&client);
		leave(&client);
	}
	enter(&client);
	expect(client.in, "much\n");
	succeeds(unix_abandon_ports(&client));
	end_server(&server);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *handlers = add_case(suite, "handlers");

	tcase_add_loop_test(handlers,
	    client_reads_EOF_while_its_handler_continues, 0,
	    (int)COUNT(closers));
	tcase_add_loop_test(handlers,
	    client_that_has_read_EOF_may_connect_again,
	    0, COUNT(closers));
	tcase_add_loop_test(handlers, client_that_stays_after_the_end_counts,
	    0, 2);
	tcase_add_loop_test(handlers, sequential_client_is_never_refused,
	    0, 3);
	tcase_add_test(handlers, output_of_a_handler_without_input_is_sent);
	tcase_add_test(handlers, handlers_may_fork);
	tcase_add_test(handlers,
	    handler_that_returns_ends_the_connection);
	tcase_add_test(handlers, handler_may_use_ports_that_never_wait);
	tcase_add_test(handlers, client_that_has_closed_affects_no_other);
}

int
main(void)
{
	return run_guarded("serve_handlers", fill);
}
