#!/bin/sh
# The protocol of ssh-agent: the agent, and ssh-add.
. "${0%/*}/common.sh"
needs ssh-agent ssh-add ssh-keygen
s=$directory/s
version=$(number ssh -V)
export SSH_AUTH_SOCK="$s"
ssh-keygen -q -t ed25519 -N '' -C 'a key' -f "$directory/key"

start agent ssh-agent -D -a "$s"
agent=$last
[ "$(limit t/interop/agent list "$s")" = '0 keys' ]
limit ssh-add -q "$directory/key" 2>"$directory/add.log"
for kind in $kinds; do
	limit t/interop/agent $(flag $kind) list "$s" >"$directory/said"
	printf '1 keys\na key\n' | cmp - "$directory/said"
done
stop $agent
passed ssh-agent $version 'list of no key, and of one'

rm -f "$s"
start agent t/interop/agent serve "$s"
ready agent ready
agent=$last
limit ssh-add -l >"$directory/said" && exit 1
grep -ix 'The agent has no identities.' "$directory/said"
limit ssh-add "$directory/key" 2>"$directory/said" && exit 1
grep -i 'agent refused' "$directory/said"
stop_ours $agent
[ ! -e "$s" ]
passed ssh-add $version 'list, and a refusal, from an agent of ours'
