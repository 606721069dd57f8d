#!/bin/sh
# The completion for bash offers every word that fits, and no others.
command -v bash >/dev/null || { echo 'no bash'; exit 77; }
. "${0%/*}/tool-support.sh"

serve sock cat
mkdir dir
ln -s ../sock dir/deep
ln -s ../sock dir/two:parts
: >file
export HOME="$directory"
cat >complete <<'END'
. "$1"
shift
COMP_LINE="unixport $*"
# As in bash, an empty last word is completed, too.
read -r -a COMP_WORDS <<<"$(sed 's/[:@=][:@=]*/ & /g' <<<"$COMP_LINE")"
[[ $COMP_LINE != *" " ]] || COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_unixport 2>/dev/null
printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | tr '\n' ' '
END

# offers EXPECTED WORD...: for the last word.
offers()
{
	expected=$1; shift
	got=$(bash --norc complete "$srcdir/src/command/completion/unixport.bash" "$@")
	[ "$got" = "$expected " ] || fail "$*: \"$got\", not \"$expected\""
}

offers 'connect' c
offers '' b
offers '' bench -
offers '--help --version' --
offers '--help -v -w' connect -
offers '--help --pidfd -1 -C -b -c -g -k -m -o -p -v -x' listen -
offers 'sock' connect so
offers 'sock' connect -w 3 -v so
offers 'sock' listen --pidfd -p so
offers 'sock' listen -1 -m 0600 so
offers '--help -q -t' selftest -
offers '--help -q -t' selftest -t 3 -
offers '' selftest s
offers 'dir/' probe d
offers '' probe fi
offers 'unix:' probe u
offers 'systemd:' listen sy
# After a colon, only the rest of the word is inserted.
offers 'dir/' probe unix:d
offers 'dir/deep' probe unix:dir/de
offers 'parts' probe dir/two:pa
offers '' connect 'unix:~/'
offers 'dir/ sock' connect unix:
offers '~/dir/' connect '~/d'
offers '~/dir/deep' listen -1 '~/dir/de'
offers '' connect fd:3 no-such-comman
offers 'file' connect fd:3 cat fi
offers 'file' connect @name cat of=fi
offers '' probe fd:
offers '' connect sy
offers 'file' connect sock cat fi
offers '' probe sock fi
for words in 'pair mkfi' 'connect fd:3 mkfi' 'listen unix:s mkfi'; do
	case " $(bash --norc complete "$srcdir/src/command/completion/unixport.bash" $words) " in
	*' mkfifo '*) ;;
	*) fail "$words: no commands" ;;
	esac
done
end TERM
echo 'ok: completion'
