#!/bin/sh
# The public header compiles alone in every C standard and as C++.
set -eu
directory=$(mktemp -d /tmp/unixport.XXXXXX)
trap 'rm -rf "$directory"' EXIT
trap 'exit 1' HUP INT TERM
header=$srcdir/include/unixport.h
flags='-Wall -Wextra -pedantic -Werror -fsyntax-only'

cp "$header" "$directory/one.h"
echo '#include "one.h"
#include "one.h"
int main(void) { struct unix_options options = { 0 }; return (int)options.flags; }' >"$directory/c.c"
for standard in c99 c11 c17 c2x gnu99 gnu17; do
	$CC -std=$standard $flags "$directory/c.c"
	echo "ok: C, $standard"
done

# The result of these calls must be used, and that of no other.
cat >"$directory/nodiscard" <<END
unix_accept unix_accept_ready unix_add_files unix_available
unix_check_address unix_connect unix_get_bytes unix_get_frame unix_get_line
unix_input_ready unix_listen unix_listener_owns_path unix_open_ports unix_own
unix_pair unix_peer unix_peer_in_group unix_peer_process unix_receive
unix_runtime_path unix_send unix_serve unix_set_deadline unix_set_timeouts unix_spawn unix_take_file unix_try_send
END
tr ' ' '\n' <"$directory/nodiscard" | sort >"$directory/expected"
awk '/^UNIX_NODISCARD$/ { required = 1; next }
    required { match($0, /unix_[a-z_]*\(/)
	print substr($0, RSTART, RLENGTH - 1); required = 0 }' "$header" |
    sort >"$directory/required"
diff "$directory/expected" "$directory/required"
echo '#include "one.h"
int main(void) { unix_available(); return 0; }' >"$directory/dropped.c"
for standard in c99 c2x; do
	! $CC -std=$standard -Werror -c -o "$directory/dropped.o" \
	    "$directory/dropped.c" 2>"$directory/error"
	grep -Eq 'nodiscard|unused-result' "$directory/error"
	echo "ok: a dropped result is reported, $standard"
done

command -v "${CXX:-c++}" >/dev/null || { echo 'no C++ compiler'; exit 77; }
echo '#include "one.h"
int main() { unix_options options = unix_options(); return (int)options.flags; }' >"$directory/cc.cc"
for standard in c++98 c++11 c++17 c++20; do
	${CXX:-c++} -std=$standard $flags "$directory/cc.cc"
	echo "ok: C++, $standard"
done

# Only these three headers, and no macro of config.h.
[ "$(grep '#include' "$header" | sort | tr -d '\n')" = \
    '#include <stddef.h>#include <stdio.h>#include <sys/types.h>' ]
! grep -E '\bHAVE_|config\.h' "$header"
