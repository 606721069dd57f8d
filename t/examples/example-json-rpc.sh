#!/bin/sh
# json-rpc: calls to a child, and malformed requests.
. "${0%/*}/examples.subr"

usage json-rpc
usage json-rpc add 1
usage json-rpc add 1 2 3
begin='{"jsonrpc":"2.0","id":'
expect 0 "${begin}1,\"result\":42}" examples/json-rpc add 20 22
expect 0 "${begin}1,\"result\":-42}" examples/json-rpc multiply -6 7
invalid='"error":{"code":-32600,"message":"Invalid Request"}}'
expect 1 "${begin}1,\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}" \
    examples/json-rpc divide 1 2
# A number is not cut to its first nine digits.
expect 1 "${begin}null,$invalid" examples/json-rpc add 1 1000000000
expect 1 "${begin}null,$invalid" examples/json-rpc add 1 '2],[3'
expect 1 "${begin}null,$invalid" examples/json-rpc add 1 "$(printf %02000d 3)"
echo 'ok: calls_return_a_result_or_an_error'

# frame TEXT: of less than 256 bytes.
frame()
{
	printf "\\0\\0\\0\\$(printf %03o ${#1})%s" "$1"
}

# serve STATUS REPLY...: the replies to standard input.
serve()
{
	status=$1; shift
	examples/json-rpc serve >"$directory/came" && got=0 || got=$?
	for reply; do frame "$reply"; done >"$directory/expected"
	[ $got = "$status" ] && cmp "$directory/came" "$directory/expected"
}

call='{ "jsonrpc": "2.0", "id": 7, "method": "add", "params": [ 1, 2 ] }'
{ frame "$call"; frame 'no JSON'; frame ''; frame "$call x"; frame "$call"; } |
    serve 0 "${begin}7,\"result\":3}" "${begin}null,$invalid" \
    "${begin}null,$invalid" "${begin}null,$invalid" "${begin}7,\"result\":3}"
serve 0 </dev/null
error='"error":{"code":-32700,"message":"Parse error"}}'
{ frame "$call"; printf '\0\0\3\351'; frame "$call"; } |
    serve 1 "${begin}7,\"result\":3}" "${begin}null,$error"
printf '\377\377\377\377' | serve 1 "${begin}null,$error"
printf '\0\0\0\12{"json' | serve 1 "${begin}null,$error"
echo 'ok: replies_end_after_a_malformed_frame'
