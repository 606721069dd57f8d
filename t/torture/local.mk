## Torture: every call that can fail does so.

torture_interposing = t/torture/torture
torture_scripts = t/torture/symbols.sh
dist_check_SCRIPTS += $(torture_scripts)
t_torture_torture_SOURCES = $(runner) \
	t/torture/torture_allowed.c \
	t/torture/torture_calls.c \
	t/torture/calls.h \
	t/torture/torture_connections.c \
	t/torture/torture_listeners.c \
	t/torture/torture_messages.c \
	t/torture/torture_places.c \
	t/torture/torture_processes.c \
	t/torture/torture_run.c \
	t/torture/torture_state.c \
	t/torture/torture_streams.c \
	t/torture/torture_support.c \
	t/torture/torture.h \
	t/torture/torture_vary.c
t_torture_torture_CFLAGS = $(UP_CFLAGS) -fno-builtin -pthread
t_torture_torture_LDADD = libunixport.la -ldl

torture: check-local t/torture/torture
	$(MAKE) $(run_part) TESTS='$(torture_interposing) $(torture_scripts)'

.PHONY: torture

EXTRA_DIST += t/torture/harmless
