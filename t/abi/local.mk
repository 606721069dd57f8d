## `make abi-check' compares the binary interface with the one that is kept,
## `make abi' keeps today's; both need a library that was made with -g.

abi abi-check: libunixport.la
	case $@ in abi) do=update ;; *) do=check ;; esac; \
	$(SHELL) $(srcdir)/t/abi/run $$do $(srcdir)/include \
	  .libs/libunixport.so

.PHONY: abi abi-check

EXTRA_DIST += \
	t/abi/libunixport.abi \
	t/abi/run \
	t/abi/suppressions
