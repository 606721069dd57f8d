#!/bin/sh
# The completion for bash offers what goes there, and nothing else.
command -v bash >/dev/null || { echo 'no bash'; exit 77; }
. "$srcdir/t/tool-support.sh"

serve sock cat
mkdir dir
: >file
cat >complete <<'END'
. "$1"
shift
COMP_WORDS=(unixport "$@")
COMP_CWORD=$#
_unixport 2>/dev/null
printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' '
END

# offers EXPECTED WORD...: for the last word.
offers()
{
	expected=$1; shift
	got=$(bash --norc complete "$srcdir/src/tool/unixport.bash" "$@")
	[ "$got" = "$expected " ] || fail "$*: \"$got\", not \"$expected\""
}

offers 'connect' c
offers '--help --json --rounds --svg -j -n -s -t' bench -
offers '--help --json --rounds --svg -j -n -s -t' bench -j -t 3 -
offers 'file' bench --svg fi
offers '' bench fi
offers '--help --version' --
offers '--help -v -w' connect -
offers '--help -1 -C -c -g -m' listen -
offers 'sock' connect so
offers 'sock' connect -w 3 -v so
offers 'sock' listen -1 -m 0600 so
offers '--help -q -t' selftest -
offers '--help -q -t' selftest -t 3 -
offers '' selftest s
offers 'dir/' probe d
offers '' probe fi
offers 'unix:' probe u
offers 'systemd:' listen sy
offers '' connect sy
offers 'file' connect sock cat fi
offers '' probe sock fi
case " $(bash --norc complete "$srcdir/src/tool/unixport.bash" pair mkfi) " in
*' mkfifo '*) ;;
*) fail 'pair offers no commands' ;;
esac
end TERM
echo 'ok: completion'
