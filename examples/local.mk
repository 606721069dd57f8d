## Examples: `make check' compiles and runs them, `make demo' runs some.

examples = \
	examples/chat \
	examples/child-count \
	examples/daemon \
	examples/echo-client \
	examples/echo-server \
	examples/event-loop \
	examples/http \
	examples/json-rpc \
	examples/line-client \
	examples/line-server \
	examples/privsep \
	examples/signal-storm \
	examples/sigpipe
examples_chat_CFLAGS = $(UP_CFLAGS) -pthread
examples_chat_LDADD = libunixport.la
examples_child_count_LDADD = libunixport.la
examples_daemon_LDADD = libunixport.la
examples_echo_client_LDADD = libunixport.la
examples_echo_server_LDADD = libunixport.la
examples_event_loop_LDADD = libunixport.la
examples_http_LDADD = libunixport.la
examples_json_rpc_LDADD = libunixport.la
examples_line_client_LDADD = libunixport.la
examples_line_server_LDADD = libunixport.la
examples_privsep_LDADD = libunixport.la
examples_signal_storm_LDADD = libunixport.la
examples_sigpipe_LDADD = libunixport.la

demo: $(examples) unixport$(EXEEXT)
	@$(SHELL) $(srcdir)/examples/demo.sh $(srcdir)/README.md

.PHONY: demo

check_PROGRAMS += $(examples)
EXTRA_DIST += \
	examples/chicken/README.md \
	examples/chicken/unix-sockets.egg \
	examples/chicken/unix-sockets.scm \
	examples/demo.sh
