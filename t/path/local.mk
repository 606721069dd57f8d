## Tests of src/path/.

path_interposing = \
	t/path/check_attribute_calls \
	t/path/check_displacement \
	t/path/check_moments \
	t/path/check_reclaim_calls \
	t/path/check_recovery \
	t/path/check_rename_calls
path_programs = \
	t/path/check_owning \
	t/path/check_reclaim \
	t/path/check_rivals \
	t/path/check_socket_file
path_privileged = \
	t/path/check_file_systems.privileged \
	t/path/check_group.privileged \
	t/path/check_path_attacks.privileged

t_path_check_displacement_SOURCES = t/path/check_displacement.c $(interpose)
t_path_check_file_systems_privileged_SOURCES = \
	t/path/check_file_systems.c $(privilege)
t_path_check_group_privileged_SOURCES = t/path/check_group.c $(privilege)
t_path_check_moments_SOURCES = t/path/check_moments.c $(interpose)
t_path_check_path_attacks_privileged_SOURCES = \
	t/path/check_path_attacks.c $(privilege)
t_path_check_reclaim_calls_SOURCES = t/path/check_reclaim_calls.c $(interpose)
t_path_check_recovery_SOURCES = t/path/check_recovery.c $(interpose)
t_path_check_rename_calls_SOURCES = t/path/check_rename_calls.c $(interpose)
t_path_check_rivals_SOURCES = \
	t/path/check_rivals.c t/lib/rivals.c t/lib/rivals.h

check-path: check-local
	$(MAKE) $(run_part) TESTS='$(path_interposing) $(path_programs)'

.PHONY: check-path
