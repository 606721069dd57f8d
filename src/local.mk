## The library, from the lowest layer to the highest; see CONTRIBUTING.md.

include_HEADERS = include/unixport.h
pkgconfig_DATA = unixport.pc
lib_LTLIBRARIES = libunixport.la
libunixport_la_SOURCES = \
	src/os/os.h \
	src/os/accepting.c \
	src/os/clock.c \
	src/os/cookie.c \
	src/os/cookie.h \
	src/os/errors.c \
	src/os/exiting.c \
	src/os/fd.c \
	src/os/identity.c \
	src/os/inflight.c \
	src/os/localfs.c \
	src/os/peercred.c \
	src/os/rename.c \
	src/os/sigpipe.c \
	src/os/sigpipe.h \
	src/os/sockdiag.c \
	src/os/socket.c \
	src/os/stdio_buffer.h \
	src/os/stdio_lock.h \
	src/os/threads.c \
	src/os/threads.h \
	src/os/transit.c \
	src/os/version.c \
	src/address/address.h \
	src/address/activation.c \
	src/address/address.c \
	src/address/probe.c \
	src/address/runtime.c \
	src/address/sockaddr.c \
	src/message/message.h \
	src/message/bytes.c \
	src/message/frame.c \
	src/message/line.c \
	src/message/message.c \
	src/guarded/guarded.h \
	src/guarded/autoflush.c \
	src/guarded/buffers.c \
	src/guarded/cmsg.c \
	src/guarded/fdqueue.c \
	src/guarded/gio.c \
	src/guarded/gsocket.c \
	src/guarded/gstream.c \
	src/guarded/outqueue.c \
	src/explain/explain.h \
	src/explain/explain.c \
	src/explain/explain_address.c \
	src/explain/explain_file.c \
	src/explain/explain_nameless.c \
	src/explain/explain_options.c \
	src/explain/explain_path.c \
	src/explain/explain_permission.c \
	src/explain/strbuf.c \
	src/path/path.h \
	src/path/bindpath.c \
	src/path/claim.c \
	src/path/reclaim.c \
	src/path/recovery.c \
	src/path/removal.c \
	src/path/sockfile.c \
	src/port/port.h \
	src/port/close.c \
	src/port/descriptors.c \
	src/port/flush.c \
	src/port/options.c \
	src/port/peer.c \
	src/port/peer_user.c \
	src/port/plain.c \
	src/port/ports.c \
	src/port/timeouts.c \
	src/client/client.h \
	src/client/connect.c \
	src/client/pair.c \
	src/client/send.c \
	src/client/spawn.c \
	src/server/server.h \
	src/server/accept.c \
	src/server/admission.c \
	src/server/bell.c \
	src/server/interrupt.c \
	src/server/listener.c \
	src/server/receive.c \
	src/server/serve.c \
	src/server/spare.c \
	src/server/worker.c
libunixport_la_CPPFLAGS = -I$(top_srcdir)/include \
	-I$(top_srcdir)/src
libunixport_la_CFLAGS = $(UP_CFLAGS) $(UP_VISIBILITY) $(UP_SIZE)
libunixport_la_LDFLAGS = -no-undefined -version-info $(UNIXPORT_LT_VERSION)
# libtool writes the prefix into what it links.
EXTRA_libunixport_la_DEPENDENCIES = config.status src/unixport.map
if HAVE_VERSION_SCRIPT
libunixport_la_LDFLAGS += -Wl,--version-script=$(srcdir)/src/unixport.map
else
libunixport_la_LDFLAGS += -export-symbols-regex '^unix_'
endif
EXTRA_DIST += src/unixport.map
