## Tests of src/explain/.

explain_interposing = \
	t/explain/check_explain_calls
explain_programs = \
	t/explain/check_explain \
	t/explain/check_explain_nameless \
	t/explain/check_explain_path
explain_privileged = \
	t/explain/check_mount_point.privileged

t_explain_check_explain_SOURCES = t/explain/check_explain.c $(explained)
t_explain_check_explain_calls_SOURCES = \
	t/explain/check_explain_calls.c $(explained) $(interpose)
t_explain_check_explain_nameless_SOURCES = \
	t/explain/check_explain_nameless.c $(explained)
t_explain_check_explain_path_SOURCES = \
	t/explain/check_explain_path.c $(explained)
t_explain_check_mount_point_privileged_SOURCES = \
	t/explain/check_mount_point.c $(privilege)

check-explain: check-local
	$(MAKE) $(run_part) TESTS='$(explain_interposing) $(explain_programs)'

.PHONY: check-explain
