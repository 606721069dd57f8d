#!/bin/sh
# The authentication socket of dovecot, which drops an answer when its client
# half-closes the connection.
. "${0%/*}/common.sh"
needs dovecot base64
s=$directory/auth
version=$(dovecot --version | sed 's/ .*//')
user=$(id -un)
# With root's privileges, processes of dovecot may not be those of root.
unprivileged=$user
[ -z "$ordinary" ] || unprivileged=nobody
mkdir "$directory/run" "$directory/state"
cat >"$directory/conf" <<-END
	base_dir = $directory/run
	state_dir = $directory/state
	log_path = $directory/dovecot.log
	protocols =
	ssl = no
	auth_failure_delay = 0
	default_login_user = $unprivileged
	default_internal_user = $unprivileged
	default_internal_group = $(id -gn $unprivileged)
	passdb {
	  driver = static
	  args = password=secret
	}
	service auth {
	  unix_listener $s {
	    mode = 0600
	    user = $user
	  }
	}
END
start master dovecot -F -c "$directory/conf"
dovecot=$last
listening "$s"

request()
{
	printf 'VERSION\t1\t2\nCPID\t1\nAUTH\t1\tPLAIN\tservice=unixport\tsecured'
	printf '\tresp=%s\n' "$(printf '\0me\0secret' | base64)"
}

request | limit "$unixport" connect -K -i 3 "$s" >"$directory/said"
grep '^OK	1	user=me' "$directory/said"
stop $dovecot
passed dovecot $version 'authentication, with connect -K'
