## Command: a file a subcommand, on the public header alone.

bin_PROGRAMS += unixport
unixport_SOURCES = \
	src/command/arguments.c \
	src/command/cmd_connect.c \
	src/command/cmd_listen.c \
	src/command/cmd_pair.c \
	src/command/cmd_probe.c \
	src/command/cmd_selftest.c \
	src/command/command.h \
	src/command/diagnostics.c \
	src/command/main.c \
	src/command/program.c \
	src/command/signals.c \
	src/command/single.c \
	src/command/standard.c \
	src/command/listen/acceptor.c \
	src/command/listen/arrival.c \
	src/command/listen/children.c \
	src/command/listen/closing.c \
	src/command/listen/early.c \
	src/command/listen/environment.c \
	src/command/listen/log.c \
	src/command/listen/postponed.c \
	src/command/listen/readiness.c \
	src/command/listen/shortage.c \
	src/command/listen/supervisor.c \
	src/command/relay/flow.c \
	src/command/relay/relay.c \
	src/command/selftest/fixtures.c \
	src/command/selftest/guarantees.c \
	src/command/selftest/messages.c \
	src/command/selftest/pairs.c \
	src/command/selftest/path.c \
	src/command/selftest/peers.c \
	src/command/selftest/programs.c \
	src/command/selftest/selftest.h \
	src/command/selftest/steps.c \
	src/command/selftest/trial.c \
	src/command/selftest/waiting.c
unixport_CPPFLAGS = -I$(top_srcdir)/include -I$(top_srcdir)/src/command
unixport_CFLAGS = $(UP_CFLAGS) -pthread
unixport_LDADD = libunixport.la

## bash looks for the completion of a command by the command's name.
completions = $(DESTDIR)$(datadir)/bash-completion/completions

install-data-local:
	$(MKDIR_P) '$(completions)'
	$(INSTALL_DATA) $(srcdir)/src/command/completion/unixport.bash \
	  '$(completions)/unixport'

uninstall-local:
	rm -f '$(completions)/unixport'
EXTRA_DIST += src/command/completion/unixport.bash
