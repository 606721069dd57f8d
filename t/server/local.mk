## Tests of src/server/.

server_interposing = \
	t/server/check_accept_calls \
	t/server/check_inflight_server \
	t/server/check_receive_calls \
	t/server/check_serve_calls \
	t/server/check_serve_idle \
	t/server/check_serve_thread_calls
server_programs = \
	t/server/check_abandon \
	t/server/check_accept \
	t/server/check_interrupt \
	t/server/check_listen \
	t/server/check_own \
	t/server/check_receive \
	t/server/check_serve \
	t/server/check_serve_end \
	t/server/check_serve_handlers \
	t/server/check_serve_limits \
	t/server/check_serve_many \
	t/server/check_serve_shared \
	t/server/check_upgrade
server_privileged = \
	t/server/check_mapped_users.privileged \
	t/server/check_own_elsewhere.privileged \
	t/server/check_serve_users.privileged

t_server_check_accept_calls_SOURCES = \
	t/server/check_accept_calls.c $(interpose)
t_server_check_inflight_server_SOURCES = \
	t/server/check_inflight_server.c $(files) $(interpose) $(lingering) \
	$(servers)
t_server_check_mapped_users_privileged_SOURCES = \
	t/server/check_mapped_users.c $(privilege)
t_server_check_own_elsewhere_privileged_SOURCES = \
	t/server/check_own_elsewhere.c $(privilege)
t_server_check_receive_SOURCES = t/server/check_receive.c $(files) $(lingering)
t_server_check_receive_calls_SOURCES = \
	t/server/check_receive_calls.c $(interpose)
t_server_check_serve_SOURCES = t/server/check_serve.c $(servers)
t_server_check_serve_calls_SOURCES = \
	t/server/check_serve_calls.c $(interpose) $(servers)
t_server_check_serve_end_SOURCES = t/server/check_serve_end.c $(servers)
t_server_check_serve_handlers_SOURCES = \
	t/server/check_serve_handlers.c $(servers)
t_server_check_serve_idle_SOURCES = \
	t/server/check_serve_idle.c $(interpose) $(servers)
t_server_check_serve_limits_SOURCES = t/server/check_serve_limits.c $(servers)
t_server_check_serve_many_SOURCES = t/server/check_serve_many.c $(servers)
t_server_check_serve_shared_SOURCES = t/server/check_serve_shared.c $(servers)
t_server_check_serve_thread_calls_SOURCES = \
	t/server/check_serve_thread_calls.c $(interpose) $(servers)
t_server_check_serve_users_privileged_SOURCES = \
	t/server/check_serve_users.c $(privilege) $(servers)

check-server: check-local
	$(MAKE) $(run_part) TESTS='$(server_interposing) $(server_programs)'

.PHONY: check-server
