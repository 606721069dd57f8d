#!/bin/sh
# The manual: lint, 80 columns, every function and structure with a page, every
# example a program that compiles in each C standard, as do those of README.md
# and examples/.
set -eu
directory=$(mktemp -d /tmp/unixport.XXXXXX)
trap 'rm -rf "$directory"' EXIT
trap 'exit 1' HUP INT TERM

for name in $(sed -n 's/^	\(unix_[a-z_]*\);$/\1/p' "$srcdir/src/unixport.map") \
    $(sed -n 's/^struct \(unix_[a-z_]*\) {$/\1/p' "$srcdir/include/unixport.h"); do
	page=$(grep -lx "\.Nm $name\( ,\)\{0,1\}" "$srcdir"/man/*.[37]) ||
	    { echo "$name has no page"; exit 1; }
	[ "$page" = "$srcdir/man/$name.3" ] ||
	    grep -q "/$name\( \|\$\)" "$srcdir/man/local.mk" ||
	    { echo "$name has no link"; exit 1; }
done
echo 'ok: every function and structure has a page'

# example PAGE: the C programs of its EXAMPLES.
example()
{
	awk '/^\.Sh /{ in_examples = $2 == "EXAMPLES" }
	    in_examples && /^\.Ed/{ code = 0 }
	    code { gsub(/\\e/, "\\"); print }
	    in_examples && /^\.Bd -literal/{ code = 1 }' "$1"
}

# Compilers older than 2024 have another name for C23.
c23=c23
echo 'int main(void) { return 0; }' >"$directory/empty.c"
$CC -std=c23 -fsyntax-only "$directory/empty.c" 2>/dev/null || c23=c2x

# compile FILE NAME: in the compiler's own standard, then without its
# extensions, which hides all of libc that is not of C.
compile()
{
	for standard in '' -std=c11 -std=$c23; do
		$CC $standard -Wall -Wextra -Werror -I"$srcdir/include" \
		    -fsyntax-only "$1" || { echo "$2 $standard"; exit 1; }
	done
	echo "ok: $2"
}

for page in "$srcdir"/man/*.[37]; do
	example "$page" >"$directory/example.c"
	[ "${page%.7}" = "$page" ] || [ -s "$directory/example.c" ] || continue
	grep -q '^main(' "$directory/example.c" ||
	    { echo "$page has no whole program"; exit 1; }
	compile "$directory/example.c" "the example of ${page##*/}"
done

awk -v directory="$directory" '/^```$/{ file = "" }
    file != "" { print >file }
    /^```c$/{ file = directory "/readme" ++n ".c" }' "$srcdir/README.md"
for program in "$directory"/readme*.c; do
	compile "$program" "${program##*/} of README.md"
done
for program in "$srcdir"/examples/*.c "$srcdir"/examples/systemd/*.c; do
	compile "$program" "examples/${program##*/}"
done

command -v mandoc >/dev/null || { echo 'no mandoc'; exit 77; }
for page in "$srcdir"/man/*.[137]; do
	mandoc -T ascii -O width=80 "$page" | sed "s/.$(printf '\b')//g" |
	    awk -v page="${page##*/}" 'length > 80 { wide++
		print page ": " length " columns: " $0 }
	    END { exit wide > 0 }'
done
echo 'ok: 80 columns'
[ -z "$(mandoc -T lint -W warning "$srcdir"/man/*.[137] | tee -a /dev/stderr)" ]
echo 'ok: lint'
