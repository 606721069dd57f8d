#!/bin/sh
# The completion for zsh offers every word that fits, and no others.
. "${0%/*}/tool-support-completion.sh"
needs zsh zsh

# zsh completes at a terminal only, here that of zpty.
cat >answer <<'END'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell '
    PROMPT= fpath=($COMPLETION $fpath)
    autoload -Uz compinit
    compinit -u -D
    # Writes the words that are added, and their descriptions.
    compadd() {
	local -a __offered __arguments=("$@")
	local -i __texts=${__arguments[(i)-d]}+1
	if [[ " ${__arguments[1,(i)(-|--)]} " != *" -"[^\ ]#[OAD]" "* ]]; then
	    builtin compadd -A __offered "$@"
	    print -rC1 -- $__offered >>offered
	    [[ -z $__arguments[__texts] ]] ||
		print -rC1 -- ${(P)__arguments[__texts]} >>texts
	fi
	builtin compadd "$@"
    }
    offer() { _main_complete; print >>answered }
    zle -C offer list-choices offer
    bindkey "^I" offer
    bindkey "^U" kill-whole-line
    print >>answered'
await() {
	local -i tries=3000
	until [[ -e answered ]] || ((--tries == 0)); do sleep 0.01; done
	[[ -e answered ]] || exit
	rm answered
}
await
while IFS= read -r words; do
	zpty -w -n shell $'\C-u'"unixport $words"$'\t'
	await
	print answered
done
zpty -d shell
END
mkfifo questions answers
COMPLETION=$completion zsh -f answer <questions >answers &
pids="$pids $!"
exec 3>questions 4<answers

candidates()
{
	rm -f offered texts
	echo "$*" >&3
	read -r answer <&4 || echo 'no answer'
	[ ! -e offered ] || cat offered
}

# description TEXT WORD...: of the last word.
description()
{
	text=$1; shift
	candidates "$@" >/dev/null
	grep -qF -e "-- $text" texts || fail "$*: $(cat texts), not \"$text\""
}

test_completion
offers dir probe unix:d
offers deep probe dir/
offers deep probe unix:dir/de
offers '' connect 'unix:~/'
offers dir connect '~/d'
description 'specify the group of the socket file' listen --gr
offers_of_help
description 'specify [the owner]: by name or number' connect --ow
end TERM
echo 'ok: completion for zsh'
