## Tests of src/explain/.

explain_interposing = \
	t/explain/check_explain_calls
explain_programs = \
	t/explain/check_explain
explain_privileged = \
	t/explain/check_mount_point.privileged

t_explain_check_explain_calls_SOURCES = \
	t/explain/check_explain_calls.c $(interpose)
t_explain_check_mount_point_privileged_SOURCES = \
	t/explain/check_mount_point.c $(privilege)

check-explain: check-local
	$(MAKE) $(run_part) TESTS='$(explain_interposing) $(explain_programs)'

.PHONY: check-explain
