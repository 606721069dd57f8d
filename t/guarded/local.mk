## Tests of src/guarded/.

guarded_interposing = \
	t/guarded/check_nowait_calls \
	t/guarded/check_queue_calls \
	t/guarded/check_rights_calls \
	t/guarded/check_transfer_calls \
	t/guarded/check_wait_calls \
	t/guarded/check_unload
guarded_programs = \
	t/guarded/check_cancel \
	t/guarded/check_deadline \
	t/guarded/check_exit \
	t/guarded/check_fail_stop \
	t/guarded/check_files \
	t/guarded/check_files_dropped \
	t/guarded/check_files_ends \
	t/guarded/check_files_errors \
	t/guarded/check_files_limit \
	t/guarded/check_files_many \
	t/guarded/check_files_partial \
	t/guarded/check_fork \
	t/guarded/check_guarded \
	t/guarded/check_inflight \
	t/guarded/check_inflight_urgent \
	t/guarded/check_nowait \
	t/guarded/check_queue \
	t/guarded/check_queue_end \
	t/guarded/check_rights \
	t/guarded/check_set_timeouts \
	t/guarded/check_strangers_control \
	t/guarded/check_strangers_files \
	t/guarded/check_tie \
	t/guarded/check_tie_load \
	t/guarded/check_tie_threads \
	t/guarded/check_timeouts \
	t/guarded/check_torture \
	t/guarded/check_unlocked \
	t/guarded/check_waits

guarded_scripts = \
	t/guarded/sentences.sh

t_guarded_check_deadline_SOURCES = t/guarded/check_deadline.c $(timed)
t_guarded_check_files_SOURCES = t/guarded/check_files.c $(files)
t_guarded_check_files_dropped_SOURCES = \
	t/guarded/check_files_dropped.c $(files)
t_guarded_check_files_ends_SOURCES = t/guarded/check_files_ends.c $(files)
t_guarded_check_files_errors_SOURCES = t/guarded/check_files_errors.c $(files)
t_guarded_check_files_limit_SOURCES = \
	t/guarded/check_files_limit.c $(files) $(lingering)
t_guarded_check_files_many_SOURCES = t/guarded/check_files_many.c $(files)
t_guarded_check_files_partial_SOURCES = \
	t/guarded/check_files_partial.c $(files)
t_guarded_check_inflight_SOURCES = \
	t/guarded/check_inflight.c $(files) $(lingering)
t_guarded_check_inflight_urgent_SOURCES = \
	t/guarded/check_inflight_urgent.c $(files) $(lingering)
t_guarded_check_nowait_calls_SOURCES = \
	t/guarded/check_nowait_calls.c $(files) $(waits)
t_guarded_check_queue_calls_SOURCES = \
	t/guarded/check_queue_calls.c $(interpose)
t_guarded_check_queue_end_SOURCES = \
	t/guarded/check_queue_end.c $(files) $(lingering)
t_guarded_check_rights_SOURCES = t/guarded/check_rights.c $(child) $(files)
t_guarded_check_rights_calls_SOURCES = \
	t/guarded/check_rights_calls.c $(files) $(interpose) $(lingering)
t_guarded_check_set_timeouts_SOURCES = \
	t/guarded/check_set_timeouts.c $(timed)
t_guarded_check_strangers_control_SOURCES = \
	t/guarded/check_strangers_control.c $(files)
t_guarded_check_strangers_files_SOURCES = \
	t/guarded/check_strangers_files.c $(files)
t_guarded_check_transfer_calls_SOURCES = \
	t/guarded/check_transfer_calls.c $(interpose)
t_guarded_check_unlocked_SOURCES = \
	t/guarded/check_unlocked.c $(files) $(servers)
t_guarded_check_wait_calls_SOURCES = \
	t/guarded/check_wait_calls.c $(interpose)

t_guarded_check_unload_LDADD = -ldl

dist_check_SCRIPTS += $(guarded_scripts)
EXTRA_DIST += t/guarded/sentences.txt

check-guarded: check-local libunixport.la
	$(MAKE) $(run_part) TESTS='$(guarded_interposing) $(guarded_programs) $(guarded_scripts)'

.PHONY: check-guarded
