## Tests of examples/.

examples_scripts = \
	t/examples/example-chat.sh \
	t/examples/example-echo.sh \
	t/examples/example-event-loop.sh \
	t/examples/example-http.sh \
	t/examples/example-json-rpc.sh \
	t/examples/example-privsep.sh \
	t/examples/examples.sh

dist_check_SCRIPTS += $(examples_scripts)
EXTRA_DIST += \
	t/examples/chicken.scm \
	t/examples/chicken.sh \
	t/examples/examples.subr

check-examples: check-local $(examples) t/command/life
	$(MAKE) $(run_part) TESTS='$(examples_scripts)'

.PHONY: check-examples

## `make check-chicken' builds the egg of examples/chicken and tries it.

check-chicken: examples/line-client examples/line-server
	srcdir='$(srcdir)' $(SHELL) $(srcdir)/t/examples/chicken.sh || test $$? = 77

.PHONY: check-chicken
