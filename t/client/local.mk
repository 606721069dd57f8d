## Tests of src/client/.

client_interposing = \
	t/client/check_spawn_calls
client_programs = \
	t/client/check_connect \
	t/client/check_datagram \
	t/client/check_pair \
	t/client/check_patience \
	t/client/check_spawn \
	t/client/check_spawn_errors

t_client_check_spawn_SOURCES = t/client/check_spawn.c $(child)
t_client_check_spawn_calls_SOURCES = t/client/check_spawn_calls.c $(interpose)

check-client: check-local
	$(MAKE) $(run_part) TESTS='$(client_interposing) $(client_programs)'

.PHONY: check-client
