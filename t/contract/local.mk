## Tests of the public header, the exported names, the manual, the layers, and
## calls that fail.

contract_interposing = \
	t/contract/check_failures \
	t/contract/check_memory_calls
contract_programs = \
	t/contract/check_racket \
	t/contract/check_version
contract_scripts = \
	t/contract/driver.sh \
	t/contract/exports.sh \
	t/contract/header.sh \
	t/contract/layers-mistakes.sh \
	t/contract/layers.sh \
	t/contract/manual.sh \
	t/contract/prose.sh \
	t/contract/quiet.sh \
	t/contract/unity.sh

t_contract_check_failures_SOURCES = t/contract/check_failures.c $(interpose)
t_contract_check_memory_calls_SOURCES = \
	t/contract/check_memory_calls.c $(interpose)

dist_check_SCRIPTS += $(contract_scripts)
EXTRA_DIST += t/contract/conditions

check-contract: check-local libunixport.la unixport t/command/life
	$(MAKE) $(run_part) TESTS='$(contract_interposing) $(contract_programs) $(contract_scripts)'

.PHONY: check-contract
