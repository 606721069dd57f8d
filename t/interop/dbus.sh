#!/bin/sh
# A private D-Bus daemon, at a path and at an abstract name.
. "${0%/*}/common.sh"
needs dbus-daemon
s=$directory/s
cat >"$directory/conf" <<-END
	<busconfig>
	  <type>session</type>
	  <listen>unix:path=$s</listen>
	  <listen>unix:abstract=$s</listen>
	  <auth>EXTERNAL</auth>
	  <policy context="default">
	    <allow send_destination="*"/>
	    <allow receive_sender="*"/>
	    <allow own="*"/>
	  </policy>
	</busconfig>
END

start dbus dbus-daemon --config-file="$directory/conf" --nofork --nopidfile
dbus=$last
version=$(number dbus-daemon --version)
limit t/interop/bus "$s" >"$directory/said"
grep 'our name is :1\.' "$directory/said"
limit t/interop/bus -g "$s" >"$directory/said"
grep -x 'a file says: through the bus' "$directory/said"
passed dbus-daemon $version 'EXTERNAL, Hello; an open file through it (path)'
[ "$(uname -s)" = Linux ] || exit 0
limit t/interop/bus "@$s" >"$directory/said"
limit t/interop/bus -g "@$s" >"$directory/said"
grep -x 'a file says: through the bus' "$directory/said"
stop $dbus
passed dbus-daemon $version 'the same (abstract name)'
