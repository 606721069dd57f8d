## `make bench' compares with raw read(2) and write(2).

EXTRA_PROGRAMS += t/bench/bench t/bench/operations
t_bench_bench_SOURCES = \
	$(measurements) \
	t/bench/bench.c \
	t/bench/bench.h \
	t/bench/bench_conditions.c \
	t/bench/bench_crowd.c \
	t/bench/bench_halves.c \
	t/bench/bench_libuv.c \
	t/bench/bench_memory.c \
	t/bench/bench_servers.c
t_bench_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/src/command -I$(top_srcdir)/t
t_bench_bench_CFLAGS = $(UP_CFLAGS) $(LIBUV_CFLAGS) -pthread
t_bench_bench_LDADD = libunixport.la $(LIBUV_LIBS)

bench: t/bench/bench
	t/bench/bench

# Other libraries and commands on the same work; it builds what is here.
bench-peers: libunixport.la unixport
	@CC='$(CC)' CFLAGS='$(CFLAGS)' srcdir='$(srcdir)' \
	  $(SHELL) $(srcdir)/t/bench/peers/run

# `make bench-check' counts instructions, and compares them with those that
# are kept; with UPDATE=1 it keeps these.
t_bench_operations_CFLAGS = $(UP_CFLAGS) -pthread
t_bench_operations_LDADD = libunixport.la

bench-check: t/bench/operations
	@CC='$(CC)' CFLAGS='$(CFLAGS)' UPDATE='$(UPDATE)' srcdir='$(srcdir)' \
	$(SHELL) $(srcdir)/t/bench/check

.PHONY: bench bench-check bench-peers

EXTRA_DIST += \
	t/bench/README.md \
	t/bench/check \
	t/bench/instructions \
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
