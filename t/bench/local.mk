## `make bench' compares with raw read(2) and write(2).

check_PROGRAMS += t/bench/bench
t_bench_bench_SOURCES = \
	t/bench/bench.c \
	t/bench/bench.h \
	t/bench/bench_libuv.c \
	t/bench/bench_memory.c \
	t/bench/bench_servers.c \
	t/bench/common.h \
	t/bench/connections.c \
	t/bench/ends.c \
	t/bench/json.c \
	t/bench/lines.c \
	t/bench/machine.c \
	t/bench/plot.c \
	t/bench/resources.c \
	t/bench/rounds.c \
	t/bench/sockets.c \
	t/bench/table.c \
	t/bench/throughput.c \
	t/bench/trips.c
t_bench_bench_CFLAGS = $(UP_CFLAGS) $(LIBUV_CFLAGS) -pthread
t_bench_bench_LDADD = libunixport.la $(LIBUV_LIBS)

# BENCH has its options: make bench BENCH='--json --plot FILE'.  Without any,
# the table of lines and frames follows.
bench: t/bench/bench t/bench/bench_messages t/bench/message_ends
	@t/bench/bench $(BENCH)
	@[ -n '$(BENCH)' ] || $(run_messages)

# Lines and frames beside Go and Rust.  COUNT messages take about 0.1 s.
check_PROGRAMS += t/bench/bench_messages t/bench/message_ends
t_bench_bench_messages_SOURCES = \
	t/bench/bench_messages.c \
	t/bench/message_ends.h
t_bench_bench_messages_LDADD =
t_bench_message_ends_SOURCES = \
	t/bench/common.h \
	t/bench/message_ends.c \
	t/bench/message_ends.h
t_bench_message_ends_CFLAGS = $(UP_CFLAGS) -pthread
t_bench_message_ends_LDADD = libunixport.la
ROUNDS = 15
COUNT = 5000000
run_messages = CC='$(CC)' srcdir='$(srcdir)' \
	$(SHELL) $(srcdir)/t/bench/messages $(ROUNDS) $(COUNT)

bench-messages: t/bench/bench_messages t/bench/message_ends
	@$(run_messages)

# Tests of its output.
bench_scripts = \
	t/bench/bench-faults.sh \
	t/bench/bench-messages.sh \
	t/bench/bench-output.sh
dist_check_SCRIPTS += $(bench_scripts)

check-bench: check-local t/bench/bench t/bench/bench_messages \
    t/bench/message_ends
	$(MAKE) $(run_part) TESTS='$(bench_scripts)'

# Other libraries and commands on the same work; it builds what is here.
bench-peers: libunixport.la unixport
	@CC='$(CC)' CFLAGS='$(CFLAGS)' srcdir='$(srcdir)' \
	  $(SHELL) $(srcdir)/t/bench/peers/run

# `make bench-check' counts instructions, and compares them with those that
# are kept; with UPDATE=1 it keeps these.
EXTRA_PROGRAMS += t/bench/operations
t_bench_operations_SOURCES = \
	t/bench/common.h \
	t/bench/operations.c \
	t/bench/operations.h \
	t/bench/operations_streams.c
t_bench_operations_CFLAGS = $(UP_CFLAGS) -pthread
t_bench_operations_LDADD = libunixport.la

bench-check: t/bench/operations
	@CC='$(CC)' CFLAGS='$(CFLAGS)' UPDATE='$(UPDATE)' srcdir='$(srcdir)' \
	$(SHELL) $(srcdir)/t/bench/check

.PHONY: bench bench-check bench-messages bench-peers check-bench

EXTRA_DIST += \
	t/bench/README.md \
	t/bench/check \
	t/bench/instructions \
	t/bench/messages \
	t/bench/messages.go \
	t/bench/messages.rs \
	t/bench/peers/blocking.h \
	t/bench/peers/carry.c \
	t/bench/peers/peer_common.c \
	t/bench/peers/peer_glib.c \
	t/bench/peers/judge.c \
	t/bench/peers/judge.h \
	t/bench/peers/peer_libevent.c \
	t/bench/peers/peer_libuv_serve.c \
	t/bench/peers/peer_libuv.c \
	t/bench/peers/match.c \
	t/bench/peers/peer_ours.c \
	t/bench/peers/peer_main.c \
	t/bench/peers/peer.h \
	t/bench/peers/perl.pl \
	t/bench/peers/python.py \
	t/bench/peers/peer_raw.c \
	t/bench/peers/run \
	t/bench/peers/peer_skalibs.c \
	t/bench/peers/table.awk \
	t/bench/peers/visit.c
