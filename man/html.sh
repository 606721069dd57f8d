#!/bin/sh
# html.sh SOURCE SITE VERSION PROGRAM...: make a small web site of the manual,
# README.md, the examples, CONTRIBUTING.md and the results of the benchmarks,
# with mandoc and lowdown, then check it and that it shows every PROGRAM.
set -eu
source=$(cd "$1" && pwd) site=$2 version=$3
shift 3
programs=$*
# The manual pages of other packages.
elsewhere=https://manpages.debian.org
# Code of at most 24 characters is never broken.
short='[^<]\{1,24\}'
manual="$source/man/unixport.3 $(ls "$source"/man/unix_*.3 \
    "$source"/man/*.7 "$source"/man/*.1 2>/dev/null)" || :
examples=$(printf '%s ' "$source"/examples/*.c "$source"/examples/*.sh \
    "$source"/examples/*/*.c "$source"/examples/*/*.scm)

for tool in mandoc lowdown; do
	command -v $tool >/dev/null || { echo "make html needs $tool" \
	    "(Debian: apt-get install $tool)" >&2; exit 1; }
done

# names PAGE: the names that the page documents, its own first.
names()
{
	sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \([^ ]*\).*/\1/p' "$1"
}

# place PAGE NAME: the link to the description of NAME.
place()
{
	file=${1##*/}.html
	[ "$2" = "${file%.*.*}" ] || ! grep -q "id=\"$2\"" "$site/$file" ||
	    file=$file#$2
	echo "$file"
}

# each_section COMMAND: run COMMAND with the heading and pages of each section.
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

# contents HEADING PAGE...: list the pages, their subjects and other names.
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

# frame FILE TITLE: put the page's text, from standard input, into the site.
frame()
{
	sed "/^<main>/,/^<\/main>/!s/href=\"$1\"/& aria-current=\"page\"/" \
	    >"$site/$1" <<-END
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
		<a href="readme.html">README</a>
		<a href="index.html">Manual</a>
		<a href="examples.html">Examples</a>
		<a href="contributing.html">Contributing</a>
		<a href="speed.html">Speed</a></header>
		<main>
		$(cat)
		</main>
		<nav>$(each_section menu)</nav>
		</body>
		</html>
	END
}

# fit: let code and tables scroll, and keep short code on one line.
fit()
{
	sed -e 's,<pre,<div class="scroll code">&,' -e 's,</pre>,&</div>,' \
	    -e 's,<table class="Nm",<div class="scroll synopsis">&,;t' \
	    -e 's,<table,<div class="scroll">&,' -e 's,</table>,&</div>,' \
	    -e "s|<code>\($short\)</code>|<code class=\"short\">\1</code>|g" \
	    -e "s|\(<code class=\"Li\)\(\">$short</code>\)|\1 short\2|g"
}

# An underscore inside a name is no emphasis.
markdown()
{
	lowdown -T html --parse-no-intraemph
}

# prose FILE TITLE: make a page of Markdown, with links to the manual and the
# examples.
prose()
{
	markdown |
	    sed -e 's,"t/bench/README.md","speed.html",' \
		-e 's,"CONTRIBUTING.md","contributing.html",' \
		-e 's,"README.md","readme.html",' -f "$site/names.sed" \
		-f "$site/examples.sed" | fit | frame "$@"
}

# callers PAGE: link to the examples that call the function of the page.
callers()
{
	name=${1##*/}
	grep -l "[^a-z_]${name%.*}(" $examples |
	    sed -n 's,.*/\(.*\.c\)$,<a href="examples.html#\1">\1</a>,p' |
	    paste -sd , - | sed -e 's/,/, /g' \
		-e 's,..*,<p class="Pp">Complete programs: &.</p>,'
}

rm -rf "$site"
mkdir -p "$site"
cp "$source/man/html.css" "$site"
for page in $manual; do
	mandoc -T html -I "os=unixport $version" \
	    -O "fragment,man=$elsewhere/%N.%S" "$page" |
	    sed -e '/<table class="head">/,/<\/table>/d' -e 's,<br/>,<br>,g' \
		-e 's,\(</*h\)2,\13,g' -e 's,\(</*h\)1,\12,g' \
		-e 's/ style="white-space: nowrap;"//g' \
		-e '/id="SYNOPSIS"/,/<\/section>/{' \
		-e 's,<code class="Fn">,<span class="prototype">&,' \
		-e 's,(<var,(<wbr><var,' \
		-e 's,</var>);,&</span>,' -e '}' |
	    fit >"$site/${page##*/}.html"
done

# Links to pages of the manual do not leave the site.
for page in $manual; do
	section=${page##*.}
	for name in $(names "$page"); do
		link=$(place "$page" "$name")
		echo "s|$elsewhere/$name\.$section\"|$link\"|g" >&3
		echo "s|<code>$name($section)</code>|<a href=\"$link\">&</a>|g"
		[ "$name" = unixport ] ||
		    echo "s|<code>$name\(()\)*</code>|<a href=\"$link\">&</a>|g"
	done
done >"$site/names.sed" 3>"$site/links.sed"
# lowdown writes the slash as a character reference.
echo 's,<code>examples&#47;</code>,<a href="examples.html">&</a>,' \
    >"$site/examples.sed"
for example in $examples; do
	file=${example#"$source/examples/"}
	name=${file##*/}
	link="<a href=\"examples.html#$name\">&</a>"
	echo "s,\"examples/$file\",\"examples.html#$name\","
	echo "/^<li>/s,<code>${name%.*}</code>,$link,"
	[ "$file" = "$name" ] ||
	    echo "s,<code>examples&#47;${file%/*}</code>,$link,"
	path="examples[/&#47;]*${file%.*}\(\.${name##*.}\)\{0,1\}"
	echo "s|<[^/>]*>$path</[a-z]*>|$link|g"
done >>"$site/examples.sed"

for page in $manual; do
	callers "$page" >"$site/callers"
	page=${page##*/}
	{
		echo "<h1>${page%.*}<small>(${page##*.})</small></h1>"
		sed -f "$site/links.sed" -f "$site/examples.sed" \
		    -e "/id=\"EXAMPLES\"/r $site/callers" "$site/$page.html"
	} >"$site/page"
	frame "$page.html" "${page%.*}(${page##*.}) - unixport" <"$site/page"
done

prose readme.html 'unixport: README' <"$source/README.md"
prose contributing.html 'unixport: contributing' <"$source/CONTRIBUTING.md"
prose speed.html 'unixport: speed' <"$source/t/bench/README.md"
{
	echo '<h1>Examples</h1><p>These programs are complete and meant to' \
	    'be copied. They are in <code>examples/</code> of the sources;' \
	    'the <a href="readme.html#examples">README</a> introduces' \
	    'them.</p>'
	awk -f "$source/man/examples.awk" $examples |
	    sed -f "$site/names.sed" | fit
} >"$site/page"
frame examples.html 'unixport: examples' <"$site/page"
{
	# The first paragraph of the README.
	awk '/^# /{ print; next } NF { text = 1 } text { print }
	    text && !NF { exit }' "$source/README.md" | markdown
	echo '<p>Begin with the <a href="readme.html">README</a>, the' \
	    '<a href="examples.html">examples</a> or' \
	    '<a href="unixport.3.html">unixport(3)</a>.</p>'
	each_section contents
} >"$site/page"
frame index.html 'unixport: Unix domain sockets as easy as files' <"$site/page"
rm "$site/page" "$site/callers" "$site"/*.sed
awk -v programs="$programs" -f "$source/man/html.awk" "$site"/*.css \
    "$site"/*.html
