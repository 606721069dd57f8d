## Tests of src/message/.

message_programs = \
	t/message/check_buffered \
	t/message/check_bytes \
	t/message/check_frame \
	t/message/check_frame_threads \
	t/message/check_given_up \
	t/message/check_line \
	t/message/check_line_limit \
	t/message/check_put_line \
	t/message/check_resume

check-message: check-local
	$(MAKE) $(run_part) TESTS='$(message_programs)'

.PHONY: check-message
