#!/bin/sh
# The completion for bash offers every word that fits, and no others.
. "${0%/*}/tool-support-completion.sh"
library=/usr/share/bash-completion/bash_completion
needs bash bash
needs $library bash-completion

cat >complete <<'END'
library=$1 completion=$2
shift 2
. "$library"
. "$completion"
# Patterns of the help are not names of files.
shopt -s failglob
# bash accepts it in its own calls of a completion only.
compopt() { :; }
# As in a shell with a terminal.
COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
COMP_LINE="unixport $*"
COMP_POINT=${#COMP_LINE}
# An empty last word is completed, too.
read -r -a COMP_WORDS <<<"$(sed 's/[:@=][:@=]*/ & /g' <<<"$COMP_LINE")"
[[ $COMP_LINE != *" " ]] || COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_unixport unixport "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
printf '%s\n' "${COMPREPLY[@]}"
END

candidates()
{
	bash --norc complete $library "$completion/unixport.bash" "$@"
}

test_completion
# After a colon, only the rest of the word is inserted.
offers dir probe unix:d
offers dir/deep probe dir/
offers dir/deep probe unix:dir/de
ln -s ../sock dir/two:parts
ln -s ../sock dir/two=parts
ln -s ../sock dir/two@parts
offers parts probe dir/two:p
offers parts probe dir/two=p
offers parts probe dir/two@p
offers '' connect 'unix:~/'
offers 'bin dir sock' connect unix:
offers '~/dir' connect '~/d'
offers '~/dir/deep' listen -1 '~/dir/de'
offers_of_help
end TERM
echo 'ok: completion for bash'
