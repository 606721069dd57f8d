## Tests of src/os/.

os_interposing = \
	t/os/check_lock_calls \
	t/os/check_standard_calls \
	t/os/check_user_calls
os_programs = \
	t/os/check_descriptor_table \
	t/os/check_sigpipe \
	t/os/check_standard_numbers
os_privileged = \
	t/os/check_namespaces.privileged \
	t/os/check_realtime.privileged

t_os_check_lock_calls_SOURCES = \
	t/os/check_lock_calls.c $(interpose) $(servers)
t_os_check_namespaces_privileged_SOURCES = \
	t/os/check_namespaces.c $(privilege)
t_os_check_realtime_privileged_SOURCES = \
	t/os/check_realtime.c $(privilege) $(interpose) $(servers)
t_os_check_standard_calls_SOURCES = t/os/check_standard_calls.c $(interpose)
t_os_check_standard_numbers_SOURCES = \
	t/os/check_standard_numbers.c t/lib/files.c t/lib/files.h $(servers)

check-os: check-local
	$(MAKE) $(run_part) TESTS='$(os_interposing) $(os_programs)'

.PHONY: check-os
