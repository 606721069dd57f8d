## Tests of src/explain/.

explain_programs = \
	t/explain/check_explain

check-explain:
	$(MAKE) check TESTS='$(explain_programs)'

.PHONY: check-explain
