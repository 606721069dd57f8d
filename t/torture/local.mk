## `make torture' has every call that can fail do so.  Its calls must come before
## libc's: no static libc.

EXTRA_PROGRAMS += t/torture/torture
t_torture_torture_SOURCES = \
	t/lib/original.h \
	t/torture/torture_allowed.c \
	t/torture/torture_calls.c \
	t/torture/calls.h \
	t/torture/torture_connections.c \
	t/torture/torture_listeners.c \
	t/torture/torture_memory.c \
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

torture: t/torture/torture
	NM='$(NM)' $(SHELL) $(srcdir)/t/torture/symbols.sh t/torture/torture \
	  $$(ls .libs/libunixport.so .libs/libunixport.a 2>/dev/null | head -n 1)
	t/torture/torture

.PHONY: torture

EXTRA_DIST += \
	t/torture/harmless \
	t/torture/symbols.sh
