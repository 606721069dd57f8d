#!/bin/sh
# layers.sh [TREE]: the files of src/ against the table in CONTRIBUTING.md.
# Calls and #includes lead to the same directory or to a lower layer; files of
# a directory do not call each other in a circle; base names are unique; #if on
# a system is in src/os/, and configure.ac probes it; members of a structure
# are used in the directory that has it.  Each finding is a line.  The file
# conditions lists the exceptions.
set -eu
export LC_ALL=C
here=$(cd "${0%/*}" && pwd)
tree=$(cd "${1:-$srcdir}" && pwd)
build=$PWD
work=$(mktemp -d /tmp/unixport.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export build tree work

# Structures whose members every directory may use.
values='up_address up_name'

# Rows of the table: layer, directory, files.
awk '/^\| [0-9]+ \| `src\// {
	layer = $2; directory = ""
	while (match($0, /`[^`]*`/)) {
		word = substr($0, RSTART + 1, RLENGTH - 2)
		$0 = substr($0, RSTART + RLENGTH)
		if (directory == "")
			directory = word
		else if (word ~ /\.[ch]$/)
			print directory word, layer
	} }' "$tree/CONTRIBUTING.md" | sort >"$work/table"
cd "$tree"
find src -name '*.[ch]' | sort >"$work/files"
cut -d ' ' -f 1 "$work/table" >"$work/named"
comm -23 "$work/files" "$work/named" |
    sed 's/$/: not in the table of CONTRIBUTING.md/' >>"$work/findings"
comm -13 "$work/files" "$work/named" |
    sed 's/$/: in the table of CONTRIBUTING.md, and missing/' >>"$work/findings"
find src t -name '*.[ch]' | sed 's,.*/,,' | sort | uniq -d |
    sed 's/$/: a base name that occurs twice/' >>"$work/findings"

# FILE LINE INCLUDED of every #include of a file of the project, which is searched
# for as the compiler does.
xargs awk 'BEGIN { while ((getline file <(ENVIRON["work"] "/files")) > 0)
	known[file] = 1 }
    /^[ \t]*#[ \t]*include "/ {
	split($0, quoted, "\""); home = FILENAME; sub(/[^\/]*$/, "", home)
	for (i = 1; i <= 3; i++) {
		path = (i == 1 ? home : i == 2 ? "src/" : "src/command/") \
		    quoted[2]
		while (sub(/[^\/]+\/\.\.\//, "", path))
			;
		if (path in known) { print FILENAME, FNR, path; break }
	} }' <"$work/files" >"$work/includes"

# FILE LINE MACRO of every condition but the guards of headers.
xargs awk '/\\$/ { sub(/\\$/, ""); held = held $0; next }
    { line = held $0; held = "" }
    line ~ /^[ \t]*#[ \t]*(if|ifdef|ifndef|elif)[ \t]/ &&
    line !~ /^#ifndef [A-Z_]*_H$/ {
	gsub(/\/\*.*\*\//, "", line)
	sub(/^[ \t]*#[ \t]*[a-z]+/, "", line)
	while (match(line, /[A-Za-z_][A-Za-z_0-9]*/)) {
		word = substr(line, RSTART, RLENGTH)
		line = substr(line, RSTART + RLENGTH)
		if (word != "defined")
			print FILENAME, FNR, word
	} }' <"$work/files" >"$work/conditions"

# A copy of the headers in which members of structures are deprecated: the
# compiler reports each use of one, and the place of the use.
find src -type d | (cd "$work" && xargs mkdir -p)
grep '\.h$' "$work/files" | xargs awk -v values=" $values " '
    FNR == 1 { home = FILENAME; sub(/\/[^\/]*$/, "", home) }
    /^struct [a-z_]+ \{$/ { inside = !index(values, " " $2 " ") }
    /^\}/ { inside = 0 }
    inside && /^\t[A-Za-z_].*;/ {
	sub(/^\t/, "\t__attribute__((deprecated(\"" home "\"))) ") }
    { print >(ENVIRON["work"] "/" FILENAME) }'
sed -n 's,/[^/]*\.c$,,p' "$work/files" | sort -u | while read -r directory; do
	ln -s "$tree/$directory"/*.c "$work/$directory"
done

# compile FILE...: the command sees no header of the library but the public one.
cat >"$work/compile" <<-'END'
	cd "$work"
	for file; do
		case $file in
		src/command/*) path='-I src/command' ;;
		*) path='-I src' ;;
		esac
		$CC -O0 -pthread -DHAVE_CONFIG_H $path -I "$build" \
		    -I "$tree/include" -c "$file" -o "$file.o" 2>"$file.said" ||
		    echo "$file: does not compile:" \
			"$(grep -m 1 error "$file.said")" >"$file.failed"
	done
END
grep '\.c$' "$work/files" | xargs -n 8 -P 2 sh "$work/compile"
cd "$work"
find src -name '*.failed' -exec cat {} + >>findings
find src -name '*.said' -exec cat {} + | sed -n "s/ \[-W.*//
s/^\(src[^:]*\):\([0-9]*\):.*: '\(.*\)' is deprecated: \(src.*\)/\1 \2 \3 \4/p" |
    awk 'function part(path) { split(path, piece, "/"); return piece[2] }
    part($1) != part($4) {
	print $1 ":" $2 ": uses " $3 ", a member of a structure of " $4 "/" }' |
    sort -u >>findings

# USER OWNER NAME: every use of a name that another file defines.
find src -name '*.o' | sort | while read -r object; do
	$NM -P -g "$object" | sed "s,^,${object%.o} ,"
done | awk '{ print $1, $2, $3 }' >names
awk 'NR == FNR { if ($3 != "U") owner[$2] = $1; next }
    $3 == "U" && $2 in owner && owner[$2] != $1 { print $1, owner[$2], $2 }' \
    names names >uses

# The command uses the public header and its own files only.  Its directories
# serve one subcommand each and do not use each other.
awk 'function part(path) { split(path, piece, "/"); return piece[2] }
    function home(path) { sub(/[^\/]*$/, "", path); return path }
    function judge(user, owner, what, place) {
	if (home(user) == home(owner) || !(user in layer) || !(owner in layer))
		return
	if (part(user) == "command" && part(owner) == "command") {
		if (home(user) != "src/command/" &&
		    home(owner) != "src/command/")
			print place ": " what ", which is beside it"
	} else if (layer[owner] > layer[user])
		print place ": " what ", which is above it"
	else if (layer[owner] == layer[user])
		print place ": " what ", which is beside it"
	else if (part(user) == "command" && what !~ /calls unix_/)
		print place ": " what ", which is not the public header"
    }
    FILENAME == "table" { layer[$1] = $2; next }
    FILENAME == "includes" { judge($1, $3, "includes " $3, $1 ":" $2); next }
    { sub(/^_/, "", $3); judge($1, $2, "calls " $3 " of " $2, $1) }
    part($1) != "command" && $3 ~ /^unix_/ {
	print $1 ": calls " $3 ", which a program may replace" }
    ' table includes uses >>findings

# tsort(1) names the files of a circle, one after the other.
awk 'function part(path) { split(path, piece, "/"); return piece[2] }
    part($1) == part($2) { print $1, $2 }' uses | tsort 2>&1 >/dev/null |
    sed -n 's/^tsort: \(src.*\)/\1: calls in a circle/p' | sort -u >>findings

# FILE-OR-DIRECTORY MACRO... in the list, below a line that gives the reason.
awk 'BEGIN { while ((getline line <(ENVIRON["build"] "/config.h")) > 0)
	if (match(line, /HAVE_[A-Za-z_0-9]*/))
		probed[substr(line, RSTART, RLENGTH)] = 1 }
    FILENAME != "conditions" {
	if (/^#/ || !NF)
		reason = NF
	else
		for (i = 2; i <= NF; i++)
			if (reason)
				listed[$1 " " $i] = 1
			else
				print "conditions: no reason for " $1 " " $i
	next
    }
    { home = $1; sub(/[^\/]*$/, "", home)
      if (($1 " " $3) in listed || (home " " $3) in listed)
	used[$1 " " $3] = used[home " " $3] = 1
      else if (home != "src/os/")
	print $1 ":" $2 ": #if of " $3 ", outside of src/os/"
      else if (!($3 in probed))
	print $1 ":" $2 ": #if of " $3 ", which configure.ac does not probe" }
    END { for (pair in listed) if (!(pair in used))
	print "conditions: no #if for " pair }' \
    "$here/conditions" conditions | sort >>findings

# An empty list would hide every finding.
for list in table includes conditions uses; do
	[ -s $list ] || echo "no $list" >>findings
done
if [ -s findings ]; then
	cat findings
	echo "layers: $(wc -l <findings) findings"
	exit 1
fi
echo "ok: $(wc -l <files) files, $(wc -l <uses) calls between them"
