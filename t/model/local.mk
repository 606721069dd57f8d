## `make model' checks the protocol of the socket file in a model, with spin;
## TRAIL=1.0.0 prints the shortest counterexample of that configuration.

TRAIL =

model:
	@CC='$(CC)' $(SHELL) $(srcdir)/t/model/run.sh $(TRAIL)

.PHONY: model

EXTRA_DIST += \
	t/model/path.pml \
	t/model/run.sh
