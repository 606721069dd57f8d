## `make fuzz' runs the fuzzers, with clang; each for SECONDS=.

fuzz:
	DEFS='$(DEFS)' srcdir='$(srcdir)' SOURCES='$(libunixport_la_SOURCES)' \
	$(SHELL) $(srcdir)/t/fuzz/run $(SECONDS)

.PHONY: fuzz

EXTRA_DIST += \
	t/fuzz/fuzz_address.c \
	t/fuzz/address.corpus \
	t/fuzz/fuzz_environment.c \
	t/fuzz/environment.corpus \
	t/fuzz/fuzz_files.c \
	t/fuzz/files.corpus \
	t/fuzz/fuzz_frames.c \
	t/fuzz/frames.corpus \
	t/fuzz/fuzz.h \
	t/fuzz/fuzz_lines.c \
	t/fuzz/lines.corpus \
	t/fuzz/run \
	t/fuzz/fuzz_stream.c
