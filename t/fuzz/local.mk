## `make fuzz' runs the fuzzers, with clang; each for SECONDS=.

fuzz:
	DEFS='$(DEFS)' srcdir='$(srcdir)' SOURCES='$(libunixport_la_SOURCES)' \
	$(SHELL) $(srcdir)/t/fuzz/run $(SECONDS)

.PHONY: fuzz

EXTRA_DIST += \
	t/fuzz/fuzz_address.c \
	t/fuzz/fuzz_address.corpus \
	t/fuzz/fuzz_environment.c \
	t/fuzz/fuzz_environment.corpus \
	t/fuzz/fuzz_files.c \
	t/fuzz/fuzz_files.corpus \
	t/fuzz/fuzz_frames.c \
	t/fuzz/fuzz_frames.corpus \
	t/fuzz/fuzz.h \
	t/fuzz/fuzz_lines.c \
	t/fuzz/fuzz_lines.corpus \
	t/fuzz/run \
	t/fuzz/fuzz_stream.c
