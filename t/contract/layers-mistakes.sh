#!/bin/sh
# layers.sh reports each mistake that is made here in a copy of the tree, and
# nothing else.
set -eu
export LC_ALL=C
here=$(cd "${0%/*}" && pwd)
directory=$(mktemp -d /tmp/unixport.XXXXXX)
trap 'rm -rf "$directory"' EXIT
trap 'exit 1' HUP INT TERM
tree=$directory/tree
mkdir "$tree"
(cd "$srcdir" && tar cf - CONTRIBUTING.md include \
    $(find src t -name '*.[ch]')) | tar xf - -C "$tree"

# mistake FILE FINDING: appends the lines of standard input to FILE; the finding
# begins with that name.
mistake()
{
	cat >>"$tree/$1"
	echo "$1: $2" >>"$directory/expected"
}

mistake src/address/probe.c \
    'calls up_abandon_ports of src/port/close.c, which is above it' <<'END'
int up_abandon_ports(struct unix_ports *);
int up_mistake_above(struct unix_ports *);
int
up_mistake_above(struct unix_ports *ports)
{
	return up_abandon_ports(ports);
}
END
mistake src/explain/strbuf.c \
    'calls up_fileno of src/port/ports.c, which is beside it' <<'END'
int up_fileno(const struct unix_ports *);
int up_mistake_beside(const struct unix_ports *);
int
up_mistake_beside(const struct unix_ports *ports)
{
	return up_fileno(ports);
}
END
mistake src/client/send.c 'calls unix_fileno, which a program may replace' <<'END'
int up_mistake_exported(const struct unix_ports *);
int
up_mistake_exported(const struct unix_ports *ports)
{
	return unix_fileno(ports);
}
END
mistake src/os/peercred.c \
    'includes src/guarded/guarded.h, which is above it' <<'END'
#include "guarded/guarded.h"
END
mistake src/os/clock.c 'calls in a circle' <<'END'
void up_mistake_circle(int);
void
up_mistake_circle(int fd)
{
	up_close(fd);
}
END
echo 'src/os/fd.c: calls in a circle' >>"$directory/expected"
mistake src/port/plain.c \
    'uses fd, a member of a structure of src/guarded/' <<'END'
int up_mistake_foreign(const struct unix_socket *);
int
up_mistake_foreign(const struct unix_socket *socket)
{
	return socket->fd;
}
END
mistake src/message/line.c '#if of __linux__, outside of src/os/' <<'END'
#ifdef __linux__
#endif
END
mistake src/os/cookie.c \
    '#if of HAVE_MISTAKE, which configure.ac does not probe' <<'END'
#ifdef HAVE_MISTAKE
#endif
END
mistake src/os/unlisted.c 'not in the table of CONTRIBUTING.md' <<'END'
typedef int up_mistake_unlisted;
END
mkdir -p "$tree/t/os"
echo 'typedef int up_mistake_double;' >"$tree/t/os/clock.c"
echo 'clock.c: a base name that occurs twice' >>"$directory/expected"

! sh "$here/layers.sh" "$tree" >"$directory/said"
grep -v '^layers: ' "$directory/said" | sed 's/:[0-9]*: /: /' |
    sort >"$directory/found"
sort "$directory/expected" | diff - "$directory/found"
echo "ok: $(wc -l <"$directory/found") findings"
