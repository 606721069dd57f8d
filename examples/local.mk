## Examples: `make check' compiles and runs them, `make demo' runs some.

examples = \
	examples/chat \
	examples/child-count \
	examples/daemon \
	examples/deadline-client \
	examples/echo-client \
	examples/echo-server \
	examples/event-loop \
	examples/http \
	examples/json-rpc \
	examples/line-client \
	examples/line-server \
	examples/log-collector \
	examples/privsep \
	examples/request-server \
	examples/signal-storm \
	examples/sigpipe \
	examples/supervisor \
	examples/systemd/greeter
examples_chat_CFLAGS = $(UP_CFLAGS) -pthread
examples_chat_LDADD = libunixport.la
examples_child_count_LDADD = libunixport.la
examples_daemon_LDADD = libunixport.la
examples_deadline_client_LDADD = libunixport.la
examples_echo_client_LDADD = libunixport.la
examples_echo_server_LDADD = libunixport.la
examples_event_loop_LDADD = libunixport.la
examples_http_LDADD = libunixport.la
examples_json_rpc_LDADD = libunixport.la
examples_line_client_LDADD = libunixport.la
examples_line_server_LDADD = libunixport.la
examples_log_collector_LDADD = libunixport.la
examples_privsep_LDADD = libunixport.la
examples_request_server_LDADD = libunixport.la
examples_signal_storm_LDADD = libunixport.la
examples_sigpipe_LDADD = libunixport.la
examples_supervisor_LDADD = libunixport.la
examples_systemd_greeter_LDADD = libunixport.la

## The server of event-loop on other loops, where they are installed.

loops =
if HAVE_EPOLL
loops += examples/loops/epoll
endif
if HAVE_GLIB
loops += examples/loops/glib
endif
if HAVE_LIBEVENT
loops += examples/loops/libevent
endif
if HAVE_LIBUV
loops += examples/loops/libuv
endif
examples_loops_epoll_CFLAGS = $(UP_CFLAGS) -std=c11
examples_loops_epoll_LDADD = libunixport.la
examples_loops_glib_CFLAGS = $(UP_CFLAGS) $(GLIB_CFLAGS) -std=c11
examples_loops_glib_LDADD = libunixport.la $(GLIB_LIBS)
examples_loops_libevent_CFLAGS = $(UP_CFLAGS) $(LIBEVENT_CFLAGS) -std=c11
examples_loops_libevent_LDADD = libunixport.la $(LIBEVENT_LIBS)
examples_loops_libuv_CFLAGS = $(UP_CFLAGS) $(LIBUV_CFLAGS) -std=c11
examples_loops_libuv_LDADD = libunixport.la $(LIBUV_LIBS)

demo: $(examples) unixport$(EXEEXT)
	@$(SHELL) $(srcdir)/examples/demo.sh $(srcdir)/README.md

.PHONY: demo

check_PROGRAMS += $(examples) $(loops)
EXTRA_DIST += \
	examples/chicken/README.md \
	examples/chicken/tests/run.scm \
	examples/chicken/unix-sockets.egg \
	examples/chicken/unix-sockets.scm \
	examples/demo.sh \
	examples/systemd/greeter.service \
	examples/systemd/greeter.socket
