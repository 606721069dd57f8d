# Shared by the tests of completions, which source it.  Each defines candidates()
# for its shell, which prints the words offered for the last of its arguments, a
# line each.
. "${0%/*}/tool-support.sh"
completion=$srcdir/src/command/completion
mkdir bin dir
# A directory on PATH that has nothing but the command.
cat >bin/unixport <<END
#!/bin/sh
LD_LIBRARY_PATH='$libraries' exec '$itself' "\$@"
END
chmod +x bin/unixport
PATH=$directory/bin:$PATH
serve sock cat
ln -s ../sock dir/deep
: >file
export HOME="$directory"

# needs COMMAND-OR-FILE PACKAGE: of Debian.
needs()
{
	command -v "$1" >/dev/null || [ -e "$1" ] ||
	    { echo "$1 is missing (Debian: apt-get install $2)"; exit 77; }
}

# Sorted, as one line; without the slash of directories.
candidates_line()
{
	candidates "$@" | sed 's,/$,,; /^$/d' | LC_ALL=C sort -u | tr '\n' ' '
}

# offers EXPECTED WORD...: for the last word.
offers()
{
	expected=$1; shift
	got=$(candidates_line "$@")
	[ "$got" = "$expected${expected:+ }" ] ||
	    fail "$*: \"$got\", not \"$expected\""
}

# offers_all EXPECTED WORD...: and possibly others.
offers_all()
{
	expected=$1; shift
	got=$(candidates_line "$@")
	for word in $expected; do
		case " $got" in
		*" $word "*) ;;
		*) fail "$*: \"$got\", without \"$word\"" ;;
		esac
	done
}

# The options in the help of a subcommand.
options()
{
	unixport $1 --help |
	    sed -n 's/^  \(-.\), \(--[a-z-]*\).*/\1\n\2/p
		s/^      \(--[a-z-]*\).*/\1/p' | LC_ALL=C sort | tr '\n' ' '
}

offers_options()
{
	for subcommand in connect listen pair probe selftest; do
		expected=$(options $subcommand)
		case $expected in *'--help '*) ;; *) fail "no help" ;; esac
		offers "${expected% }" $subcommand -
		offers '' $subcommand -- -
	done
}

offers_subcommands()
{
	offers connect c
	offers '--help --version' --
	offers '' b
	offers '' bench -
	offers_all 'connect listen pair probe selftest' ''
}

offers_values()
{
	group=$(id -gn 0)
	offers "$group" listen --group=$group
	offers "$group" listen -g $group
	offers "$group" listen -1g $group
	offers '' listen -m 06
	offers '' connect -w fi
	offers '' connect --wait fi
}

offers_addresses()
{
	offers sock connect so
	offers sock connect -w 3 -v so
	offers sock connect --wait=3 so
	offers sock listen -1 -m 0600 so
	offers sock listen -1p -c3 so
	offers sock probe -- so
	offers dir probe d
	offers '' probe fi
	offers '' probe sock so
	offers unix: probe un
	offers '' connect sy
	offers systemd: listen sy
	offers '' probe fd:
	offers '' selftest s
}

offers_commands()
{
	offers_all mkfifo connect fd:3 mkfi
	offers_all mkfifo listen unix:sock mkfi
	offers_all mkfifo pair mkfi
	offers_all mkfifo pair cat file -- mkfi
	offers '' connect sock no-such-comman
	offers file connect fd:3 cat fi
	offers file listen -1 unix:sock cat fi
	offers file connect @name cat fi
	offers file pair cat fi
	offers file pair cat x -- cat fi
}

# The help of a command with other options, values and arguments.
offers_of_help()
{
	rm bin/unixport
	cat >bin/unixport <<-'END'
		#!/bin/sh
		cat <<'HELP'
		usage: unixport connect [OPTION...] ADDRESS ADDRESS [COMMAND [ARG...]]
		Text that names --nothing and -x, --else.
		  -o, --owner=OWNER   specify [the owner]: by name
		                      or number
		      --only-a-word   nothing else
		      --amount=N      no letter
		  -h, --help          print this text
		HELP
	END
	chmod +x bin/unixport
	offers '--amount --help --only-a-word --owner -h -o' connect -
	offers "$(id -un 0)" connect -o "$(id -un 0)"
	offers '' connect --amount s
	offers sock connect --amount 3 --only-a-word -o 0 so
	offers sock connect fd:3 so
	offers_all mkfifo connect fd:3 fd:4 mkfi
	offers file connect fd:3 fd:4 cat fi
}

test_completion()
{
	offers_subcommands
	offers_options
	offers_values
	offers_addresses
	offers_commands
}
