## Tests of the command.

command_programs = \
	t/command/check_tool_pipes
command_scripts = \
	t/command/tool-activation.sh \
	t/command/tool-completion-fish.sh \
	t/command/tool-completion-zsh.sh \
	t/command/tool-completion.sh \
	t/command/tool-connect-options.sh \
	t/command/tool-connect.sh \
	t/command/tool-exit-idle.sh \
	t/command/tool-inetd.sh \
	t/command/tool-keep-listening.sh \
	t/command/tool-limits.sh \
	t/command/tool-listen.sh \
	t/command/tool-pair.sh \
	t/command/tool-pidfd.sh \
	t/command/tool-pipes.sh \
	t/command/tool-probe-connect.sh \
	t/command/tool-probe-faults.sh \
	t/command/tool-probe.sh \
	t/command/tool-rights.sh \
	t/command/tool-selftest-faults.sh \
	t/command/tool-selftest.sh \
	t/command/tool-signals.sh \
	t/command/tool-usage.sh \
	t/command/tool-verbose.sh
command_privileged = \
	t/command/tool-probe-namespaces.privileged \
	t/command/tool-root.privileged

# Programs that scripts run, those of other directories too.
command_helpers = \
	t/command/bound \
	t/command/credentials \
	t/command/life \
	t/command/linger \
	t/command/strict \
	t/command/terminal
check_PROGRAMS += $(command_helpers)
t_command_credentials_LDADD = libunixport.la
t_command_life_SOURCES = t/command/life.c t/lib/rights.h
t_command_life_LDADD = libunixport.la
t_command_linger_LDADD = libunixport.la
t_command_strict_LDADD =
t_command_terminal_LDADD =

dist_check_SCRIPTS += $(command_scripts)
EXTRA_DIST += \
	$(command_privileged) \
	t/command/tool-support-completion.sh \
	t/command/tool-support.sh \
	t/command/tool-support-faults.sh

check-command: check-local unixport $(command_helpers)
	$(MAKE) $(run_part) TESTS='$(command_programs) $(command_scripts)'

.PHONY: check-command
