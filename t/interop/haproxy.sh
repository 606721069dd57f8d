#!/bin/sh
# The control socket of haproxy, and unchanged programs with TCP and TLS between
# them, where both machines have certificates.
. "${0%/*}/common.sh"
needs haproxy openssl socat
port=$(free_port)
near=$directory/near ours=$directory/ours

# One certificate for both, which is also the only trusted one.
limit openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -days 2 -subj /CN=unixport -keyout "$directory/key" \
    -out "$directory/certificate" >"$directory/openssl.log" 2>&1
cat "$directory/key" "$directory/certificate" >"$directory/both"
tls="ssl crt $directory/both ca-file $directory/certificate verify required"

# The first part is for the machine of the client, the second for that of the
# server.
cat >"$directory/conf" <<-END
	global
		stats socket $directory/stats mode 600
	defaults
		mode tcp
		timeout connect 5s
		timeout client 20s
		timeout server 20s
	listen near
		bind unix@$near mode 600
		server far 127.0.0.1:$port $tls
	listen far
		bind 127.0.0.1:$port $tls
		server ours unix@$ours
END
start haproxy haproxy -db -f "$directory/conf"
haproxy=$last
version=$(number haproxy -v)

for kind in $kinds; do
	dialogue $(flag $kind) connect "$directory/stats" '> show info' \
	    '< Name: HAProxy' "< Version: $version*" '~ Pid: *' '~ ' '$'
done
passed haproxy $version 'show info, on its stats socket'
try /run/haproxy/admin.sock "$directory/stats" 'The statistics of HAProxy' 1 \
    >"$directory/said"
grep '^# pxname,svname,' "$directory/said"
grep '^near,FRONTEND,' "$directory/said"
passed haproxy $version 'recipe: show stat'

# Without a server, haproxy accepts the connection, and then closes it.
for kind in $kinds; do
	dialogue $(flag $kind) connect "$near" '$'
done
start server examples/line-server "$ours"
server=$last
limit examples/line-client "$ours" /dev/null
limit examples/line-client "$near" "$input"
# A client without a certificate is rejected.
echo hello | limit openssl s_client -quiet -ign_eof \
    -connect 127.0.0.1:$port >"$directory/said" 2>&1 || :
grep -i alert "$directory/said"
[ "$(grep -c hello "$directory/said")" = 0 ]
stop_ours $server
passed haproxy $version 'our client - TCP with TLS - our server, and back'

# Each end reads EOF after the half-close of the other.
for kind in $kinds; do
	serve_once $(flag $kind) listen "$ours" '< one' '$' '> two' '!' '$'
	dialogue $(flag $kind) connect "$near" '> one' '!' '< two' '$'
	ended $last
done
stop $haproxy
passed haproxy $version 'half-close goes through, both ways'
