## Tests of examples/.

examples_scripts = \
	t/examples/compile.sh \
	t/examples/example-chat.sh \
	t/examples/example-daemon.sh \
	t/examples/example-deadline-client.sh \
	t/examples/example-echo.sh \
	t/examples/example-event-loop.sh \
	t/examples/example-http.sh \
	t/examples/example-json-rpc.sh \
	t/examples/example-log-collector.sh \
	t/examples/example-loops.sh \
	t/examples/example-privsep.sh \
	t/examples/example-request-server.sh \
	t/examples/example-supervisor.sh \
	t/examples/example-systemd.sh \
	t/examples/examples.sh \
	t/examples/readme.sh

dist_check_SCRIPTS += $(examples_scripts)
EXTRA_DIST += \
	t/examples/chicken.scm \
	t/examples/chicken.sh \
	t/examples/event-loop.subr \
	t/examples/examples.subr

check_PROGRAMS += t/examples/loop_clients
t_examples_loop_clients_LDADD = libunixport.la

## The programs of README.md: each begins with a comment that names its file.

readme_programs = \
	t/examples/readme-child \
	t/examples/readme-client \
	t/examples/readme-plain-client \
	t/examples/readme-plain-server \
	t/examples/readme-server
readme_sources = \
	t/examples/readme-child.c \
	t/examples/readme-client.c \
	t/examples/readme-plain-client.c \
	t/examples/readme-plain-server.c \
	t/examples/readme-server.c
readme_flags = -std=c11 -Wall -Wextra -Werror -pthread
nodist_t_examples_readme_child_SOURCES = t/examples/readme-child.c
t_examples_readme_child_CFLAGS = $(readme_flags)
t_examples_readme_child_LDADD = libunixport.la
nodist_t_examples_readme_client_SOURCES = t/examples/readme-client.c
t_examples_readme_client_CFLAGS = $(readme_flags)
t_examples_readme_client_LDADD = libunixport.la
nodist_t_examples_readme_plain_client_SOURCES = t/examples/readme-plain-client.c
t_examples_readme_plain_client_CFLAGS = $(readme_flags)
t_examples_readme_plain_client_LDADD = libunixport.la
nodist_t_examples_readme_plain_server_SOURCES = t/examples/readme-plain-server.c
t_examples_readme_plain_server_CFLAGS = $(readme_flags)
t_examples_readme_plain_server_LDADD = libunixport.la
nodist_t_examples_readme_server_SOURCES = t/examples/readme-server.c
t_examples_readme_server_CFLAGS = $(readme_flags)
t_examples_readme_server_LDADD = libunixport.la

$(readme_sources): $(srcdir)/README.md
	$(AM_V_GEN)$(MKDIR_P) t/examples
	$(AM_V_at)$(AWK) '/^\/\* .*\.c \*\/$$/ \
	    { on = ("$@" == "t/examples/readme-" $$2) } \
	    /^```/ { on = 0 } on' $(srcdir)/README.md >$@.new
	$(AM_V_at)mv $@.new $@

check_PROGRAMS += $(readme_programs)
CLEANFILES += $(readme_sources)

check-examples: check-local $(examples) $(loops) $(readme_programs) \
    unixport$(EXEEXT) t/command/life t/examples/loop_clients
	$(MAKE) $(run_part) TESTS='$(examples_scripts)'

.PHONY: check-examples

## `make check-chicken' builds the egg of examples/chicken and tries it.

check-chicken: examples/line-client examples/line-server
	srcdir='$(srcdir)' $(SHELL) $(srcdir)/t/examples/chicken.sh || test $$? = 77

.PHONY: check-chicken
