## Tests: `make check' runs the scripts and the Check programs, and
## `make check-PART' those of a directory here.

TEST_EXTENSIONS = .sh .privileged
# Linux compares the limit of descriptors with the number that all processes of
# an ordinary user have in flight: 1024 are too few for tests side by side.
AM_TESTS_ENVIRONMENT = \
	[ "$$(ulimit -n)" -ge 8192 ] 2>/dev/null || \
	    ulimit -S -n 8192 2>/dev/null || :; \
	CC='$(CC)' NM='$(NM)' srcdir='$(srcdir)' \
	UNIXPORT_SUMMARY="$${f}.summary"; \
	export CC NM srcdir UNIXPORT_SUMMARY;
# A line for each program or script, and the log of a failed one; with V=1
# Automake's drivers print a line for each test.  Without -s make itself prints
# that each program is up to date.
AM_MAKEFLAGS = $(silent_@AM_V@)
silent_ = $(silent_@AM_DEFAULT_V@)
silent_0 = -s
silent_1 =
one_line = $(one_line_@AM_V@)
one_line_ = $(one_line_@AM_DEFAULT_V@)
one_line_0 = $(SHELL) $(srcdir)/t/lib/driver.sh
one_line_1 =
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(one_line) $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
PRIVILEGED_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_DRIVER = $(one_line) $(SHELL) $(top_srcdir)/build-aux/test-driver
AM_CPPFLAGS += -I$(top_srcdir)/t/lib

# `make check' would build every program.  Here make builds those that the logs
# of the tests depend on; the target of a directory depends on what its scripts
# run.
run_part = $(AM_MAKEFLAGS) check-TESTS \
	check_LTLIBRARIES= check_PROGRAMS=

include t/lib/local.mk
include t/os/local.mk
include t/address/local.mk
include t/message/local.mk
include t/guarded/local.mk
include t/port/local.mk
include t/path/local.mk
include t/explain/local.mk
include t/server/local.mk
include t/client/local.mk
include t/command/local.mk
include t/contract/local.mk
include t/examples/local.mk
include t/abi/local.mk
include t/attack/local.mk
include t/bench/local.mk
include t/fuzz/local.mk
include t/interop/local.mk
include t/model/local.mk
include t/stress/local.mk
include t/torture/local.mk

# These put functions in front of libc's, or load the shared library, which
# neither a static libc nor fallbacks for missing calls allow.
interposing = \
	$(torture_interposing) \
	$(os_interposing) \
	$(guarded_interposing) \
	$(port_interposing) \
	$(explain_interposing) \
	$(path_interposing) \
	$(server_interposing) \
	$(contract_interposing)
programs = \
	$(interposing) \
	$(os_programs) \
	$(address_programs) \
	$(message_programs) \
	$(guarded_programs) \
	$(port_programs) \
	$(path_programs) \
	$(explain_programs) \
	$(server_programs) \
	$(client_programs) \
	$(command_programs) \
	$(contract_programs)
# For `make check-privileged', whose rule for logs is that of their suffix;
# `make check' compiles them.
privileged = \
	$(os_privileged) \
	$(port_privileged) \
	$(explain_privileged) \
	$(path_privileged) \
	$(server_privileged)

# Tests that an environment of .ci/run cannot pass; it asks make for these
# lists.  Torture counts the memory that sanitizers need too, and takes too long
# in qemu-user.  ThreadSanitizer does not know flockfile(3), and calls a thread
# that still runs at exit(3) a leak; qemu-user can fail there.  valgrind runs
# one thread at a time, so that no rivals meet, has at most 500 threads, and
# flushes streams in _exit(2).  In qemu-user posix_spawn(3) loses the errno of
# exec, and SO_PEEK_OFF, SO_PASSRIGHTS and NETLINK_SOCK_DIAG are missing.  The
# library is loaded and unloaded by a program of its own compiler only.  No
# locale here has the byte order of s390x, and the ends of bench-messages.sh
# cannot be started there.
only_native = $(torture_interposing) $(torture_scripts) \
	t/guarded/check_unload
tsan_excluded = t/guarded/check_exit t/guarded/check_unload \
	t/message/check_frame_threads
valgrind_excluded = t/guarded/check_exit t/guarded/check_fork \
	t/guarded/check_unload t/path/check_rivals \
	t/server/check_serve_many
emulation_excluded = t/command/tool-rights.sh t/client/check_connect \
	t/bench/bench-messages.sh \
	t/guarded/check_exit t/guarded/check_inflight \
	t/guarded/check_inflight_urgent t/guarded/check_rights_calls \
	t/path/check_displacement t/path/check_moments t/path/check_rivals \
	t/port/check_close t/server/check_inflight_server t/server/check_own
emulation_fails = t/command/tool-pair.sh t/command/tool-selftest.sh
big_endian_fails = t/bench/bench-output.sh

if HAVE_CHECK
# Torture, which takes longest and mostly waits, starts first.
TESTS = $(programs) $(dist_check_SCRIPTS)
check_LTLIBRARIES = t/lib/libsupport.la
check_PROGRAMS += $(programs) $(privileged)
AM_CFLAGS += $(CHECK_CFLAGS) -pthread
LDADD = t/lib/libsupport.la libunixport.la $(CHECK_LIBS) -ldl
else
TESTS = $(dist_check_SCRIPTS)
check-local:
	@echo 'make check needs Check 0.15 or later and pkg-config' \
	  '(Debian: apt-get install check pkg-config);' \
	  'then ./configure again' >&2; exit 1
endif
CLEANFILES += t/*/*.summary $(EXTRA_PROGRAMS)

## `make check-privileged' runs the tests that an ordinary user may not: each
## missing privilege is printed.

check-privileged: check-local unixport t/command/bound
	$(MAKE) $(run_part) TESTS='$(privileged) $(command_privileged)'

.PHONY: check-privileged

## For how long, which scenarios and which random numbers: stress and fuzz.

SECONDS = 60
SCENARIO = *
SEED = 1
