/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json-rpc METHOD A B: start `json-rpc serve' as a child, call its METHOD (add
 * or multiply), and print the reply.  It shows unix_spawn() and frames.
 *
 *	json-rpc add 20 22
 *	unixport listen sum.sock json-rpc serve &	(a server)
 */
#define _POSIX_C_SOURCE 200809L	/* POSIX, with -std=c11 too */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unixport.h>

#define LIMIT	1000		/* maximum bytes of a request or reply */
#define BEGIN	"{\"jsonrpc\":\"2.0\",\"id\":"

static int
fail(const char *what)
{
	fprintf(stderr, "json-rpc: %s: %s\n", what, strerror(errno));
	return 1;
}

static int
put(FILE *out, const char *text)
{
	return unix_put_frame(out, text, strlen(text)) == 0 &&
	    fflush(out) == 0 ? 0 : -1;
}

/* Not a JSON parser: accepts one order of members, and nine digits. */
static void
make_reply(const struct unix_buffer *request, char *reply)
{
	long long a, b;
	char method[10];
	int id, length = -1;

	/* NOLINTNEXTLINE(cert-err34-c): nine digits always fit */
	sscanf(request->bytes, " { \"jsonrpc\" : \"2.0\" , \"id\" : %9d ,"
	    " \"method\" : \"%9[a-z]\" , \"params\" : [ %9lld , %9lld ] } %n",
	    &id, method, &a, &b, &length);
	if (length == -1 || (size_t)length != request->length)
		snprintf(reply, LIMIT, BEGIN "null,\"error\":"
		    "{\"code\":-32600,\"message\":\"Invalid Request\"}}");
	else if (strcmp(method, "add") == 0)
		snprintf(reply, LIMIT, BEGIN "%d,\"result\":%lld}", id, a + b);
	else if (strcmp(method, "multiply") == 0)
		snprintf(reply, LIMIT, BEGIN "%d,\"result\":%lld}", id, a * b);
	else
		snprintf(reply, LIMIT, BEGIN "%d,\"error\":"
		    "{\"code\":-32601,\"message\":\"Method not found\"}}", id);
}

/* The server.  After a bad frame the start of the next one is unknown. */
static int
serve(FILE *in, FILE *out)
{
	struct unix_buffer request = { 0 };
	char reply[LIMIT];
	int result;

	while ((result = unix_get_frame(in, &request, LIMIT)) == 1) {
		make_reply(&request, reply);
		if (put(out, reply) == -1)
			return fail("send");
	}
	unix_free_buffer(&request);
	if (result == -1)
		put(out, BEGIN "null,\"error\":{\"code\":-32700,"
		    "\"message\":\"Parse error\"}}");
	return result == -1 ? 1 : 0;
}

/* The client: one call.  Returns 0 if the reply has a result. */
static int
call(struct unix_ports *server, char *words[])
{
	struct unix_buffer reply = { 0 };
	char request[LIMIT];
	int status;

	snprintf(request, sizeof(request), BEGIN "1,\"method\":\"%s\","
	    "\"params\":[%s,%s]}", words[0], words[1], words[2]);
	if (put(server->out, request) == -1)
		return fail("send");
	errno = ECONNRESET;		/* EOF sets no error */
	if (unix_get_frame(server->in, &reply, LIMIT) != 1)
		return fail("reply");
	status = strstr(reply.bytes, "\"result\":") != NULL ? 0 : 1;
	if (puts(reply.bytes) == EOF || fflush(stdout) == EOF)
		status = fail("standard output");
	unix_free_buffer(&reply);
	return status;
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .flags = UNIX_GUARDED,
	    .read_timeout = 10000 };
	char word[] = "serve", *command[] = { argv[0], word, NULL };
	struct unix_ports server;
	int status, of_child;
	pid_t child;

	if (argc == 2 && strcmp(argv[1], "serve") == 0)
		return serve(stdin, stdout);
	if (argc != 4) {
		fprintf(stderr, "usage: json-rpc METHOD A B\n");
		return 2;
	}
	child = unix_spawn(command, &options, &server);
	if (child == -1)
		return fail(argv[0]);
	status = call(&server, argv + 1);
	unix_close_ports(&server);
	return waitpid(child, &of_child, 0) == child && of_child == 0 ?
	    status : 1;
}
