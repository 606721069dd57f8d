#!/bin/sh
# The completion for fish offers every word that fits, and no others.
. "${0%/*}/tool-support-completion.sh"
needs fish fish

complete_line()
{
	fish --no-config --command 'source $argv[1]; complete -C "$argv[2]"' -- \
	    "$completion/unixport.fish" "unixport $*"
}

# Without descriptions.  fish inserts whole words, --group=root for example, and
# also offers words that contain the last word.
candidates()
{
	complete_line "$@" | sed 's/\t.*//' >offered
	for word; do :; done
	while IFS= read -r line; do
		case $line in
		"$word"*) echo "$line" ;;
		esac
	done <offered | sed 's/^--group=//; s/^unix:\(.\)/\1/'
}

# description TEXT WORD...: the only description of the last word.
description()
{
	text=$1; shift
	got=$(fish --no-config --command \
	    'source $argv[1]; complete -C "$argv[2]"' -- \
	    "$completion/unixport.fish" "unixport $*" | sed 's/[^	]*	//')
	[ "$got" = "$text" ] || fail "$*: \"$got\", not \"$text\""
}

test_completion
offers dir probe unix:d
offers dir/deep probe dir/
offers dir/deep probe unix:dir/de
offers '' connect 'unix:~/'
offers '~/dir' connect '~/d'
description 'specify the group of the socket file' listen --gr
offers_of_help
description 'specify [the owner]: by name or number' connect --owner
end TERM
echo 'ok: completion for fish'
