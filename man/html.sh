#!/bin/sh
# html.sh SOURCE SITE VERSION: the manual, the README, how to contribute and
# how fast it is as a small web site, made by mandoc and lowdown; every link of
# it is tried.
set -eu
source=$(cd "$1" && pwd) site=$2 version=$3
# Where the pages of other packages are.
elsewhere=https://manpages.debian.org
manual="$source/man/unixport.3 $(ls "$source"/man/unix_*.3 \
    "$source"/man/*.7 "$source"/man/*.1 2>/dev/null)" || :

for tool in mandoc lowdown; do
	command -v $tool >/dev/null || { echo "make html needs $tool" \
	    "(Debian: apt-get install $tool)" >&2; exit 1; }
done

# names PAGE: what it tells of, its own name first.
names()
{
	sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \([^ ]*\).*/\1/p' "$1"
}

# place PAGE NAME: where the site tells of it.
place()
{
	file=${1##*/}.html
	[ "$2" = "${file%.*.*}" ] || ! grep -q "id=\"$2\"" "$site/$file" ||
	    file=$file#$2
	echo "$file"
}

# each_section COMMAND: is given the heading and the pages.
each_section()
{
	for part in '3/Calls' '7/Concepts' '1/The command'; do
		set -- "$1" "${part#*/}"
		for page in $manual; do
			[ "${page##*.}" != "${part%%/*}" ] || set -- "$@" "$page"
		done
		[ $# = 2 ] || "$@"
	done
}

menu()
{
	echo "<h2>$1</h2><ul>"; shift
	for page; do
		page=${page##*/}
		echo "<li><a href=\"$page.html\">${page%.*}</a></li>"
	done
	echo '</ul>'
}

# List PAGEs with what they are about and what else they tell of.
contents()
{
	echo "<h2>$1</h2><dl class=\"contents\">"; shift
	for page; do
		name=${page##*/} section=${page##*.}
		echo "<dt><a href=\"$name.html\">${name%.*}($section)</a></dt>"
		echo "<dd>$(sed -n 's/^\.Nd //p' "$page")</dd><dd class=\"also\">"
		for name in $(names "$page" | sed 1d); do
			echo "<a href=\"$(place "$page" "$name")\">$name</a>"
		done
		echo '</dd>'
	done
	echo '</dl>'
}

# frame FILE TITLE: a page of the site around what comes in.
frame()
{
	cat >"$site/$1" <<-END
		<!DOCTYPE html>
		<html lang="en">
		<head>
		<meta charset="utf-8">
		<meta name="viewport" content="width=device-width, initial-scale=1">
		<title>$2</title>
		<link rel="stylesheet" href="html.css">
		</head>
		<body>
		<header><a class="home" href="index.html">unixport <small>$version</small></a>
		<a href="readme.html">README</a> <a href="index.html">Manual</a>
		<a href="contributing.html">Contributing</a>
		<a href="speed.html">Speed</a></header>
		<main>
		$(cat)
		</main>
		<nav>$(each_section menu |
		    sed "s/href=\"$1\"/& aria-current=\"page\"/")</nav>
		</body>
		</html>
	END
}

# prose FILE TITLE: Markdown; the library's names in it become links.
prose()
{
	lowdown -T html | sed -e 's/<table>/<div class="wide"><table>/' \
	    -e 's,</table>,</table></div>,' \
	    -e 's,"t/bench/README.md","speed.html",' -f "$site/names.sed" | frame "$@"
}

rm -rf "$site"
mkdir -p "$site"
cp "$source/man/html.css" "$site"
for page in $manual; do
	mandoc -T html -I "os=unixport $version" \
	    -O "fragment,man=$elsewhere/%N.%S" "$page" |
	    sed -e '/<table class="head">/,/<\/table>/d' -e 's,<br/>,<br>,g' \
		-e 's,\(</*h\)2,\13,g' -e 's,\(</*h\)1,\12,g' \
		>"$site/${page##*/}.html"
done

# What is told of here is not elsewhere, and README.md only names it.
for page in $manual; do
	section=${page##*.}
	for name in $(names "$page"); do
		link=$(place "$page" "$name")
		echo "s|$elsewhere/$name\.$section\"|$link\"|g" >&3
		echo "s|<code>$name($section)</code>|<a href=\"$link\">&</a>|g"
		[ "$name" = unixport ] ||
		    echo "s|<code>$name</code>|<a href=\"$link\">&</a>|g"
	done
done >"$site/names.sed" 3>"$site/links.sed"
for page in $manual; do
	page=${page##*/}
	{
		echo "<h1>${page%.*}<small>(${page##*.})</small></h1>"
		sed -f "$site/links.sed" "$site/$page.html"
	} >"$site/page"
	frame "$page.html" "${page%.*}(${page##*.}) - unixport" <"$site/page"
done

prose readme.html 'unixport: README' <"$source/README.md"
prose contributing.html 'unixport: contributing' <"$source/CONTRIBUTING.md"
prose speed.html 'unixport: speed' <"$source/t/bench/README.md"
{
	# The first paragraph says what it is.
	awk '/^# /{ print; next } NF { text = 1 } text { print }
	    text && !NF { exit }' "$source/README.md" | lowdown -T html
	echo '<p>Begin with the <a href="readme.html">README</a> or with' \
	    '<a href="unixport.3.html">unixport(3)</a>.</p>'
	each_section contents
} >"$site/page"
frame index.html 'unixport: Unix domain sockets as easy as files' <"$site/page"
rm "$site/page" "$site/links.sed" "$site/names.sed"
awk -f "$source/man/html.awk" "$site"/*.html
