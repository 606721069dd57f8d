/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * web ADDRESS: the web server of libmicrohttpd on a listener of the library,
 * until SIGTERM.  Each page contains its own path.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <microhttpd.h>
#include <unixport.h>

static enum MHD_Result
answer(void *context, struct MHD_Connection *client, const char *path,
    const char *method, const char *version, const char *upload,
    size_t *upload_size, void **state)
{
	struct MHD_Response *response;
	enum MHD_Result result;
	char page[1000];

	(void)context, (void)method, (void)version;
	(void)upload, (void)upload_size, (void)state;
	snprintf(page, sizeof(page), "this is %s\n", path);
	response = MHD_create_response_from_buffer(strlen(page), page,
	    MHD_RESPMEM_MUST_COPY);
	result = MHD_queue_response(client, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

int
main(int argc, char *argv[])
{
	struct unix_listener *listener;
	struct MHD_Daemon *server;
	sigset_t signals;
	char text[5000];
	int number;

	listener = argc == 2 ? unix_listen(argv[1], NULL) : NULL;
	if (listener == NULL) {
		unix_explain(argc == 2 ? argv[1] : "", errno, text,
		    sizeof(text));
		fprintf(stderr, "web: %s\n", text);
		return 1;
	}
	/*
	 * Blocks the signal before threads start, so that they inherit the
	 * mask.
	 */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	server = MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD, 0, NULL, NULL,
	    answer, NULL, MHD_OPTION_LISTEN_SOCKET,
	    unix_listener_fileno(listener), MHD_OPTION_END);
	if (server == NULL)
		return fprintf(stderr, "web: it does not start\n"), 1;
	printf("ready\n");
	fflush(stdout);
	sigwait(&signals, &number);
	/* The library owns the descriptor, which must stay open. */
	MHD_quiesce_daemon(server);
	MHD_stop_daemon(server);
	return unix_close(listener) == 0 ? 0 : 1;
}
