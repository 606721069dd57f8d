## Tests of src/port/.

port_interposing = \
	t/port/check_close_calls \
	t/port/check_peer_calls
port_programs = \
	t/port/check_close \
	t/port/check_dead_peer \
	t/port/check_flush \
	t/port/check_halves \
	t/port/check_hang_up \
	t/port/check_input_ready \
	t/port/check_open_ports \
	t/port/check_options \
	t/port/check_peer \
	t/port/check_peer_process \
	t/port/check_signals \
	t/port/check_stdio
port_privileged = \
	t/port/check_other_users.privileged \
	t/port/check_reused_pid.privileged

t_port_check_close_SOURCES = t/port/check_close.c $(files) $(lingering)
t_port_check_close_calls_SOURCES = t/port/check_close_calls.c $(interpose)
t_port_check_other_users_privileged_SOURCES = \
	t/port/check_other_users.c $(privilege)
t_port_check_peer_calls_SOURCES = t/port/check_peer_calls.c $(interpose)
t_port_check_reused_pid_privileged_SOURCES = \
	t/port/check_reused_pid.c $(privilege)

check-port: check-local
	$(MAKE) $(run_part) TESTS='$(port_interposing) $(port_programs)'

.PHONY: check-port
