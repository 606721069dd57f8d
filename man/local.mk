## Manual: a page a concept, and a link for every other name on it.

dist_man_MANS = \
	man/unix_add_files.3 \
	man/unix_address.7 \
	man/unix_check_address.3 \
	man/unix_connect.3 \
	man/unix_event_loop.7 \
	man/unix_explain.3 \
	man/unix_flush.3 \
	man/unix_get_bytes.3 \
	man/unix_get_line.3 \
	man/unix_guarded.7 \
	man/unix_listen.3 \
	man/unix_open_ports.3 \
	man/unix_own.3 \
	man/unix_pair.3 \
	man/unix_peer.3 \
	man/unix_put_frame.3 \
	man/unix_put_line.3 \
	man/unix_receive.3 \
	man/unix_runtime_path.3 \
	man/unix_send.3 \
	man/unix_serve.3 \
	man/unix_set_deadline.3 \
	man/unix_sigpipe.3 \
	man/unix_spawn.3 \
	man/unix_version.3 \
	man/unixport.1 \
	man/unixport.3
man_links = \
	unix_add_files.3/unix_take_file \
	unix_get_line.3/unix_buffer \
	unix_get_line.3/unix_free_buffer \
	unix_listen.3/unix_accept \
	unix_listen.3/unix_accept_ready \
	unix_listen.3/unix_close \
	unix_listen.3/unix_interrupt \
	unix_listen.3/unix_listener_fileno \
	unix_listen.3/unix_listener_owns_path \
	unix_listen.3/unix_listener_path \
	unix_open_ports.3/unix_abandon_ports \
	unix_open_ports.3/unix_close_input \
	unix_open_ports.3/unix_close_output \
	unix_open_ports.3/unix_close_ports \
	unix_open_ports.3/unix_fileno \
	unix_open_ports.3/unix_hang_up \
	unix_open_ports.3/unix_input_ready \
	unix_own.3/unix_abandon \
	unix_put_frame.3/unix_get_frame \
	unix_peer.3/unix_peer_in_group \
	unix_peer.3/unix_peer_process \
	unix_send.3/unix_try_send \
	unix_serve.3/unix_serve_options \
	unix_set_deadline.3/unix_set_timeouts \
	unixport.3/unix_available \
	unixport.3/unix_options \
	unixport.3/unix_ports

install-data-hook:
	cd '$(DESTDIR)$(man3dir)' && for link in $(man_links); do \
	  page=$${link%/*} name=$${link#*/}.3; rm -f "$$name" && \
	  $(LN_S) "../man$${page##*.}/$$page" "$$name" || exit 1; done

uninstall-hook:
	for link in $(man_links); do \
	  rm -f '$(DESTDIR)$(man3dir)'/"$${link#*/}.3"; done

## `make html' makes and checks a small web site, with mandoc and lowdown.

html-local:
	$(SHELL) $(srcdir)/man/html.sh $(srcdir) html $(PACKAGE_VERSION) \
	  $(examples) examples/demo.sh

clean-local:
	rm -rf html t/fuzz/found

EXTRA_DIST += \
	man/examples.awk \
	man/html.awk \
	man/html.css \
	man/html.sh
