## `make attack': hostile peers against every call that can wait.

check_PROGRAMS += t/attack/attack
t_attack_attack_SOURCES = \
	t/attack/attack.c \
	t/attack/attack.h \
	t/attack/attack_table.c \
	t/attack/attacker.c \
	t/attack/attacks.c \
	t/attack/call_client.c \
	t/attack/call_command.c \
	t/attack/call_connection.c \
	t/attack/call_listener.c \
	t/attack/call_server.c \
	t/attack/crowd.c \
	t/attack/passing.c \
	t/attack/passing.h \
	t/attack/privileges.c \
	t/attack/promise.c \
	t/attack/scene.c \
	t/lib/rights.h
t_attack_attack_CFLAGS = $(UP_CFLAGS) -pthread
t_attack_attack_LDADD = libunixport.la

# ATTACK has its patterns: make attack ATTACK="'linger*' fgets".  AGAINST is a
# prefix where another release is installed.
attack: t/attack/attack unixport
	@if [ -z '$(AGAINST)' ]; then \
	  UNIXPORT="$$PWD/unixport" t/attack/attack $(ATTACK); \
	else \
	  against=$$PWD/t/attack/against && (cd $(srcdir) && \
	  $(CC) -O -pthread -I'$(AGAINST)/include' -It/lib -o "$$against" \
	    $$(printf '%s\n' $(t_attack_attack_SOURCES) | grep 'c$$') \
	    -L'$(AGAINST)/lib' -Wl,-rpath,'$(AGAINST)/lib' -lunixport) && \
	  UNIXPORT='$(AGAINST)/bin/unixport' t/attack/against $(ATTACK); \
	fi

.PHONY: attack
CLEANFILES += t/attack/against
