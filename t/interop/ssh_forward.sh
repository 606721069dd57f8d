#!/bin/sh
# Unchanged programs across machines, by the forwarding of sockets of ssh, and
# ssh itself through the command.  The other machine is an sshd on loopback with
# its own keys.
. "${0%/*}/common.sh"
needs ssh sshd ssh-keygen socat
[ -z "$ordinary" ] || needs setpriv
user=$(id -un)
port=$(free_port)
there=$directory/there
mkdir "$there"
for key in host user; do
	ssh-keygen -q -t ed25519 -N '' -f "$directory/$key"
done
cp "$directory/user.pub" "$there/keys"
mv "$directory/host" "$there"
cat >"$there/conf" <<-END
	Port $port
	ListenAddress 127.0.0.1
	HostKey $there/host
	AuthorizedKeysFile $there/keys
	PidFile none
	StrictModes no
	UsePAM yes
	PasswordAuthentication no
END
if [ -n "$ordinary" ]; then
	user=nobody
	chown -R nobody "$there"
fi
echo "[127.0.0.1]:$port $(cat "$directory/host.pub")" >"$directory/known"

# forward OPTION...: starts ssh without the configuration of the user.
forward()
{
	start ssh ssh -F none -i "$directory/user" -p $port \
	    -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes \
	    -o UserKnownHostsFile="$directory/known" \
	    -o GlobalKnownHostsFile=none \
	    -o ExitOnForwardFailure=yes -N "$@" $user@127.0.0.1
}

start sshd $ordinary "$(command -v sshd)" -D -e -f "$there/conf"
sshd=$last
ready sshd 'Server listening'
version=$(number ssh -V)

# across NEAR: a client at the forwarded socket NEAR reaches the server.
across()
{
	start server examples/line-server "$directory/ours"
	server=$last
	limit examples/line-client "$directory/ours" /dev/null
	# sshd may run as another user.
	chmod 666 "$directory/ours"
	limit examples/line-client "$1" "$input"
	stop_ours $server
	# Without a server, ssh accepts the connection, and then closes it.
	dialogue connect "$1" '$'
	for kind in $kinds; do
		serve_once $(flag $kind) listen "$directory/ours" '< one' \
		    '$' '> two' '!' '$'
		chmod 666 "$directory/ours"
		dialogue $(flag $kind) connect "$1" '> one' '!' '< two' '$'
		ended $last
	done
}

forward -L "$directory/near:$directory/ours"
ssh=$last
across "$directory/near"
stop $ssh
passed 'ssh -L' $version 'our client here, our server there; half-close'

forward -R "$there/far:$directory/ours"
ssh=$last
across "$there/far"
stop $ssh
passed 'ssh -R' $version 'our server here, our client there; half-close'

stop $sshd

# The recipe: an sshd for each connection.
export PATH="$programs:${unixport%/*}:$PATH"
way=$there/way
install_program sshd <<-END
	#!/bin/sh
	exec $(command -v sshd) -f "$there/conf" "\$@"
END
install_program ssh <<-END
	#!/bin/sh
	exec $(command -v ssh) -F none -i "$directory/user" -l $user \
	    -o HostKeyAlias=[127.0.0.1]:$port \
	    -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes \
	    -o UserKnownHostsFile="$directory/known" \
	    -o GlobalKnownHostsFile=none \
	    -o ExitOnForwardFailure=yes -N "\$@"
END
start way $ordinary sh -c "exec $(recipe ssh 1 |
    sed "s,/run/share/ssh.sock,$way,")"
proxy=$last
listening "$way"
recipe ssh 2 | sed "s,/run/share/ssh.sock,$way,
    s,^ssh,exec & -L \$near:$directory/ours," >"$directory/recipe"
for n in 1 2 3; do
	near=$directory/near$n
	export near
	start ssh sh "$directory/recipe"
	ssh=$last
	across "$near"
	stop $ssh
done
stop_ours $proxy
passed 'ssh ProxyCommand' $version 'recipe: an sshd for each connection'
