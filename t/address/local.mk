## Tests of src/address/.

address_programs = \
	t/address/check_abstract \
	t/address/check_activation \
	t/address/check_address \
	t/address/check_runtime_path

check-address: check-local
	$(MAKE) $(run_part) TESTS='$(address_programs)'

.PHONY: check-address
