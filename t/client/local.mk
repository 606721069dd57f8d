## Tests of src/client/.

client_programs = \
	t/client/check_connect \
	t/client/check_datagram \
	t/client/check_pair \
	t/client/check_patience \
	t/client/check_spawn \
	t/client/check_spawn_errors

t_client_check_spawn_SOURCES = t/client/check_spawn.c $(child)

check-client: check-local
	$(MAKE) $(run_part) TESTS='$(client_programs)'

.PHONY: check-client
