/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GLib's GIO: a GSocketConnection, read with a GDataInputStream, whose
 * g_data_input_stream_read_line() gives each line as a new string, and
 * written through a GBufferedOutputStream, both with buffers of BUFFER
 * bytes.  The server is a GThreadedSocketService.
 */
#include "peer.h"

#include <string.h>

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>

#define MAX_CLIENTS	256		/* concurrent clients */

static GDataInputStream *in;
static GOutputStream *out;

void
choose(const char *kind)
{
	(void)kind;
}

static GDataInputStream *
open_input(GIOStream *connection, gsize size)
{
	GDataInputStream *stream = g_data_input_stream_new(
	    g_io_stream_get_input_stream(connection));

	g_buffered_input_stream_set_buffer_size(
	    G_BUFFERED_INPUT_STREAM(stream), size);
	g_data_input_stream_set_newline_type(stream,
	    G_DATA_STREAM_NEWLINE_TYPE_LF);
	return stream;
}

static void
open_streams(void)
{
	GSocket *socket = g_socket_new_from_fd(0, NULL);
	GIOStream *connection;

	need(socket != NULL, "g_socket_new_from_fd");
	connection = G_IO_STREAM(
	    g_socket_connection_factory_create_connection(socket));
	in = open_input(connection, BUFFER);
	out = g_buffered_output_stream_new_sized(
	    g_io_stream_get_output_stream(connection), BUFFER);
}

static void
put(const char *bytes, size_t length)
{
	need(g_output_stream_write_all(out, bytes, length, NULL, NULL, NULL),
	    "g_output_stream_write_all");
}

static void
flush(void)
{
	need(g_output_stream_flush(out, NULL, NULL), "g_output_stream_flush");
}

static const char *
get_line(void)
{
	static char *line;

	g_free(line);
	line = g_data_input_stream_read_line(in, NULL, NULL, NULL);
	need(line != NULL, "g_data_input_stream_read_line");
	return line;
}

static void
get_piece(char *bytes)
{
	gsize n;

	need(g_input_stream_read_all(G_INPUT_STREAM(in), bytes, PIECE, &n,
	    NULL, NULL) && n == PIECE, "g_input_stream_read_all");
}

static gboolean
echo(GThreadedSocketService *service, GSocketConnection *client,
    GObject *source, gpointer data)
{
	GOutputStream *reply = g_io_stream_get_output_stream(
	    G_IO_STREAM(client));
	GDataInputStream *input = open_input(G_IO_STREAM(client), 4096);
	char *line = g_data_input_stream_read_line(input, NULL, NULL, NULL);

	(void)service;
	(void)source;
	(void)data;
	if (line != NULL)
		need(g_output_stream_printf(reply, NULL, NULL, NULL, "%s\n",
		    line), "g_output_stream_printf");
	g_free(line);
	g_object_unref(input);
	return TRUE;
}

static void
serve(const char *path)
{
	GSocketService *service = g_threaded_socket_service_new(MAX_CLIENTS);
	GSocketListener *listener = G_SOCKET_LISTENER(service);

	g_socket_listener_set_backlog(listener, BACKLOG);
	need(g_socket_listener_add_address(listener,
	    g_unix_socket_address_new(path), G_SOCKET_TYPE_STREAM,
	    G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, NULL),
	    "g_socket_listener_add_address");
	g_signal_connect(service, "run", G_CALLBACK(echo), NULL);
	g_socket_service_start(service);
	g_main_loop_run(g_main_loop_new(NULL, FALSE));
	die("g_main_loop_run");
}

#include "blocking.h"
