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
	src/command/now.c \
	src/command/padded.c \
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
	src/command/probe/connection.c \
	src/command/probe/file_number.c \
	src/command/probe/look.c \
	src/command/probe/netlink.c \
	src/command/probe/probe.h \
	src/command/probe/proc_net.c \
	src/command/probe/search.c \
	src/command/probe/target.c \
	src/command/relay/flow.c \
	src/command/relay/idle.c \
	src/command/relay/outcome.c \
	src/command/relay/rate.c \
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

## A shell looks for the completion of a command by the command's name.
completion = $(srcdir)/src/command/completion
bash_completions = $(DESTDIR)$(datadir)/bash-completion/completions
zsh_completions = $(DESTDIR)$(datadir)/zsh/site-functions
fish_completions = $(DESTDIR)$(datadir)/fish/vendor_completions.d

install-data-local:
	$(MKDIR_P) '$(bash_completions)' '$(zsh_completions)' \
	  '$(fish_completions)'
	$(INSTALL_DATA) $(completion)/unixport.bash \
	  '$(bash_completions)/unixport'
	$(INSTALL_DATA) $(completion)/_unixport '$(zsh_completions)'
	$(INSTALL_DATA) $(completion)/unixport.fish '$(fish_completions)'

uninstall-local:
	rm -f '$(bash_completions)/unixport' '$(zsh_completions)/_unixport' \
	  '$(fish_completions)/unixport.fish'
EXTRA_DIST += \
	src/command/completion/_unixport \
	src/command/completion/unixport.bash \
	src/command/completion/unixport.fish
