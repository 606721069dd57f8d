#!/bin/sh
# Each sentence of sentences.txt has a test, and each test exists and is run.
set -eu
table=$srcdir/t/guarded/sentences.txt

# has PROGRAM TEST: a Check program that defines and adds TEST, or a script that
# contains the word.
has()
{
	case $1 in
	*.sh) source=$(find "$srcdir/t" -name "$1") ;;
	*) source=$(find "$srcdir/t" -name "$1.c") ;;
	esac
	[ -n "$source" ] || return 1
	case $1 in
	*.sh) grep -qw "$2" "$source" ;;
	*) grep -q "^START_TEST($2)\$" "$source" &&
	    [ "$(grep -cw "$2" "$source")" -ge 2 ] ;;
	esac
}

# Lines of tests follow each sentence, and nothing else.
awk '/^(#|$)/ { if (open) exit 1; next }
    /^\t/ { if (!open) exit 1; open = 0; next }
    { if (open) exit 1; open = 1 }
    END { exit open }' "$table" || { echo 'a sentence without a test'; exit 1; }

missing=0
for name in $(sed -n 's/^	//p' "$table"); do
	has "${name%%:*}" "${name#*:}" || { echo "no test: $name"; missing=1; }
done
[ $missing = 0 ]
echo "ok: $(grep -c '^	' "$table") sentences have tests"
