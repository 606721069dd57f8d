## Tests of src/explain/.

explain_programs = \
	t/explain/check_explain

check-explain: check-local
	$(MAKE) $(run_part) TESTS='$(explain_programs)'

.PHONY: check-explain
