#!/bin/sh
# prose.sh [-v] [FILE ...]: counts words and phrases in the texts of the project,
# per 10 000 words.  Some make a sentence hard to read and have a maximum; verbs
# that a reference requires have a minimum.  The bounds are the highest and the
# lowest counts of the pages of libbsd and liburing, xz(1), curl(1) and unix(7).
# Displays of code are not counted.  -v prints a table; each FILE is a manual
# page, or a C file whose comments are counted, and gets a column, too.
set -eu
export LC_ALL=C
: "${srcdir:=$(cd "${0%/*}/../.." && pwd)}"

# Texts that must keep the bounds.  Violations of others are reported.
enforced='manual README header messages comments'

# Name, kind and value of the bound, and the words.  "what", "who" and "those"
# begin clauses that do not name their subject.
bounds='tell max 10 tell|tells|told|telling
nobody max 0 nobody|somebody|anybody|everybody|whoever
what max 10 what
who max 1 who|whom
those max 3 [.;:] those
goes_on max 0 (go|goes|going) on
at_once max 1 at once
so_many max 3 (so|that) (many|much)|as long
he max 0 he|his|him
kin max 0 kin
but_for max 1 but for
specify min 25 specify|specifies|specified|specific|specifying
if min 77 if'

# The minima are those of manual pages.
maxima_only='README header messages comments'

directory=$(mktemp -d /tmp/unixport.XXXXXX)
trap 'rm -rf "$directory"' EXIT
trap 'exit 1' HUP INT TERM

verbose=0
[ "${1-}" != -v ] || { verbose=1; shift; }
command -v mandoc >/dev/null || { echo 'no mandoc'; exit 77; }

# render PAGE ...: the text without displays of code.
render()
{
	for page; do
		case $page in
		*.gz) gzip -dc "$page" ;;
		*) sed '/^\.Bd -literal/,/^\.Ed/d' "$page" ;;
		esac | mandoc -T ascii | sed "s/.$(printf '\b')//g"
	done
}

# of_c KIND FILE ...: the comments of C, or the string literals with a space.
of_c()
{
	kind=$1; shift
	cat "$@" | awk -v kind="$kind" '
	{ line = line $0 "\n" }
	END {
		while (match(line, /\/\*|"|\047/)) {
			code = substr(line, 1, RSTART - 1)
			start = substr(line, RSTART, RLENGTH)
			line = substr(line, RSTART + RLENGTH)
			if (kind == "strings" && code ~ /[^ \t\n]/)
				print "."
			if (start == "/*") {
				n = index(line, "*/")
				if (kind == "comments")
					print substr(line, 1, n - 1) "."
				line = substr(line, n + 2)
				continue
			}
			text = ""
			while ((c = substr(line, 1, 1)) != start) {
				if (c == "\\") {
					line = substr(line, 2)
					c = " "
				}
				text = text c
				line = substr(line, 2)
			}
			line = substr(line, 2)
			gsub(/%[-+0-9.*]*[hlz]*[a-zA-Z]/, " ", text)
			if (kind == "strings" && start == "\"" &&
			    text ~ /[a-z][^a-z]* [^a-z]*[a-z]/)
				print text
		}
	}'
}

# count TEXT: a line for each pattern: text, words, name, bound, occurrences.
count()
{
	tr -s '[:space:]' ' ' <"$directory/$1" | tr '[:upper:]' '[:lower:]' |
	    sed -E "s/[^a-z0-9_'.;:-]+/ /g; s/[.;:]/ & /g; s/ +/  /g; s/\$/ /" \
	    >"$directory/words"
	words=$(tr -s ' ' '\n' <"$directory/words" | grep -c '[a-z0-9]') ||
	    { echo "$1 has no words" >&2; exit 1; }
	echo "$bounds" | while read -r name kind bound pattern; do
		pattern=$(echo "$pattern" | sed 's/ /  /g')
		n=$(sed -E "s/ ($pattern) /\\
@\\
/g" "$directory/words" | grep -cx @) || :
		echo "$1 $words $name $kind $bound $n"
	done
}

echo 'Whoever told him what goes on at once; those who specify: if not. If so
many kin, but for as long, tells tell.  He specified if what nobody knows.' \
    >"$directory/sample"
[ "$(count sample | awk '{ printf "%s%s", separator, $6; separator = " " }')" = \
    '3 1 2 1 1 1 1 2 2 1 1 2 3' ] || { echo 'counts are wrong:'; count sample; exit 1; }

render "$srcdir"/man/*.[137] >"$directory/manual"
sed '/^```/,/^```$/d' "$srcdir/README.md" >"$directory/README"
of_c comments "$srcdir/include/unixport.h" >"$directory/header"
find "$srcdir/src" -name '*.[ch]' >"$directory/files"
of_c strings $(cat "$directory/files") >"$directory/messages"
of_c comments $(cat "$directory/files") >"$directory/comments"
texts='manual README header messages comments'
for text in $texts; do
	count $text
done >"$directory/counts"
for file; do
	text=${file##*/}
	case $file in
	*.[ch]) of_c comments "$file" ;;
	*) render "$file" ;;
	esac >"$directory/$text"
	count "$text"
	texts="$texts $text"
done >>"$directory/counts"

[ $verbose = 0 ] || awk -v texts="$texts" '
    { rate[$1, $3] = $6 * 10000 / $2; words[$1] = $2 }
    !($3 in bound) { bound[$3] = $4 " " $5; names[++n] = $3 }
    END {
	columns = split(texts, text, " ")
	printf "%-8s %7s", "", "bound"
	for (i = 1; i <= columns; i++) printf " %9.9s", text[i]
	printf "\n%-8s %7s", "words", ""
	for (i = 1; i <= columns; i++) printf " %9d", words[text[i]]
	print ""
	for (j = 1; j <= n; j++) {
		printf "%-8s %7s", names[j], bound[names[j]]
		for (i = 1; i <= columns; i++)
			printf " %9.1f", rate[text[i], names[j]]
		print ""
	} }' "$directory/counts"

awk -v enforced="$enforced" -v maxima_only="$maxima_only" '
    function has(list, word) { return index(" " list " ", " " word " ") > 0 }
    { rate = $6 * 10000 / $2 }
    $4 == "max" ? rate > $5 : rate < $5 && !has(maxima_only, $1) {
	printf "%s: %s: %.1f per 10 000 words, %s %d%s\n", $1, $3, rate, $4, $5,
	    has(enforced, $1) ? "" : " (not enforced)"
	failed += has(enforced, $1)
    }
    END { exit failed > 0 }' "$directory/counts"
