## `make stress' has the library work for SECONDS=, with SCENARIO= only so.

EXTRA_PROGRAMS += t/stress/stress
# Memory is counted in front of libc's: no static libc.
t_stress_stress_SOURCES = $(runner) \
	t/lib/rivals.c \
	t/lib/rivals.h \
	t/stress/stress_attacks.c \
	t/stress/stress_churn.c \
	t/stress/stress_crowd.c \
	t/stress/stress_forks.c \
	t/stress/stress_hostile.c \
	t/stress/stress_idle.c \
	t/stress/stress_run.c \
	t/stress/stress_starters.c \
	t/stress/stress_state.c \
	t/stress/stress_storm.c \
	t/stress/stress.h \
	t/stress/stress_support.c \
	t/stress/stress_talk.c \
	t/stress/stress_threads.c \
	t/stress/stress_warm.c
t_stress_stress_CFLAGS = $(UP_CFLAGS) -fno-builtin -pthread
t_stress_stress_LDADD = libunixport.la -ldl

stress: t/stress/stress
	t/stress/stress $(SECONDS) '$(SCENARIO)' $(SEED)

.PHONY: stress
