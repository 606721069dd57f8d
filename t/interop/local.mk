## `make check-interop' talks with programs that people run; one that is missing
## is an error.  WITHOUT='dovecot nginx' leaves these scripts out.

check-interop: $(examples) $(interop) t/command/life unixport
	CC='$(CC)' srcdir='$(srcdir)' WITHOUT='$(WITHOUT)' $(SHELL) \
	  $(srcdir)/t/interop/run

.PHONY: check-interop

interop = \
	t/interop/agent \
	t/interop/bus \
	t/interop/dialogue \
	t/interop/startup
t_interop_agent_LDADD = libunixport.la
t_interop_bus_LDADD = libunixport.la
t_interop_dialogue_LDADD = libunixport.la
t_interop_startup_LDADD = libunixport.la

check_PROGRAMS += $(interop)
# These need no more than `make check' has.
interop_scripts = \
	t/interop/activation.sh \
	t/interop/datagram.sh \
	t/interop/socat.sh
dist_check_SCRIPTS += $(interop_scripts)
EXTRA_DIST += \
	t/interop/bird.sh \
	t/interop/common.sh \
	t/interop/curl.sh \
	t/interop/dbus.sh \
	t/interop/dovecot.sh \
	t/interop/git.sh \
	t/interop/go.sh \
	t/interop/gpg_agent.sh \
	t/interop/haproxy.sh \
	t/interop/mariadb.sh \
	t/interop/memcached.sh \
	t/interop/microhttpd.sh \
	t/interop/nc.sh \
	t/interop/nginx.sh \
	t/interop/node.sh \
	t/interop/postgres.sh \
	t/interop/programs \
	t/interop/python.sh \
	t/interop/qmp.sh \
	t/interop/racket.sh \
	t/interop/recipes.sh \
	t/interop/redis.sh \
	t/interop/run \
	t/interop/ssh_agent.sh \
	t/interop/ssh_forward.sh \
	t/interop/tool.sh \
	t/interop/web.c
