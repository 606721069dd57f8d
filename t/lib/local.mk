## What tests share: everything that has no main().

interpose = t/lib/interpose.c t/lib/interpose.h t/lib/original.h t/lib/rights.h
timed = t/lib/timed.c t/lib/timed.h
waits = t/lib/original.h t/lib/waits.c t/lib/waits.h
child = t/lib/child.c t/lib/child.h
explained = t/lib/explained.c t/lib/explained.h
servers = t/lib/servers.c t/lib/servers.h
files = t/lib/files.c t/lib/files.h t/lib/rights.h
lingering = t/lib/lingering.c t/lib/lingering.h t/lib/rights.h
privilege = t/lib/privilege.c t/lib/privilege.h
runner = t/lib/held_memory.c t/lib/original.h t/lib/process_state.c \
	t/lib/process_state.h t/lib/runner.c t/lib/runner.h
t_lib_libsupport_la_SOURCES = \
	t/lib/fixture.c \
	t/lib/sources.c \
	t/lib/sources.h \
	t/lib/support.c \
	t/lib/support.h \
	t/lib/system.c \
	t/lib/traffic.c \
	t/lib/traffic.h
EXTRA_DIST += \
	t/lib/driver.sh \
	t/lib/fault_library.c \
	t/lib/fault_machine.c \
	t/lib/faults.c \
	t/lib/faults.h
