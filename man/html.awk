# Check the web site: html.css comes first, then all pages.  The page of
# examples must have the source of each of PROGRAMS.  Every link must lead to
# one place of the site, elements must be nested, types must not be broken at
# the end of a line, and code and tables must scroll in boxes of their own, so
# that no page scrolls sideways on a phone.  Links to other sites are only
# counted.
BEGIN {
	# More characters of code are wider than a phone of 320 pixels.
	longest = 30
	split("br hr img input link meta wbr", names, " ")
	for (i in names)
		is_void[names[i]] = 1
}

function report(problem)
{
	print page ": " problem
	failed = 1
}

# Remember the classes whose text is not broken, and those that scroll.
function read_rule(rule, part, selectors, count, i)
{
	gsub(/\/\*[^*]*\*\//, "", rule)
	count = split(rule, part, "{")
	selectors = part[count - 1]
	gsub(/[ \t]/, "", selectors)
	count = split(selectors, names, ",")
	for (i = 1; i <= count; i++) {
		if (rule ~ /white-space: nowrap/)
			unbroken[names[i]] = 1
		if (rule ~ /overflow-x: auto/)
			scrolls[names[i]] = 1
	}
}

FILENAME ~ /\.css$/ {
	rule = rule $0
	if (/}/) {
		read_rule(rule)
		rule = ""
	}
	next
}

FNR == 1 {
	if (depth)
		report("<" element[depth] "> is not closed")
	page = FILENAME
	sub(/.*\//, "", page)
	places[page] = 1
	depth = keep[0] = box[0] = skip[0] = anchor[0] = 0
}

# The value of an attribute of a tag.
function attribute(tag, name)
{
	return match(tag, "[ \t]" name "=\"[^\"]*\"") ? substr(tag, RSTART + \
	    length(name) + 3, RLENGTH - length(name) - 4) : ""
}

function read_place(tag, link)
{
	link = attribute(tag, "id")
	if (link != "" && places[page "#" link]++)
		report("the place #" link " is there twice")
	link = attribute(tag, "href")
	if (link ~ /^https:\/\//)
		outside++
	else if (link != "" && link !~ /\.css$/)
		links[page " " (link ~ /^#/ ? page link : link)]
}

# Check the width of text that is neither broken nor scrolls.
function end_word(text)
{
	gsub(/[ \t]+/, " ", text)
	gsub(/&[^;]*;/, "x", text)
	if (length(text) > longest)
		report("wider than a phone: " text)
}

function read_tag(tag, name, classes, count, i)
{
	name = tag
	gsub(/^<\/?|[ \t>].*/, "", name)
	if (tag ~ /^<[!]/ || name in is_void)
		return
	if (tag ~ /^<\//) {
		if (element[depth] != name)
			report(tag " ends <" element[depth] ">")
		if (keep[depth] && !keep[depth - 1] && !box[depth])
			end_word(word)
		depth--
		return
	}
	if (name ~ /^(pre|table)$/ && !box[depth])
		report("<" name "> is not in a box that scrolls")
	element[++depth] = name
	keep[depth] = keep[depth - 1]
	box[depth] = box[depth - 1]
	skip[depth] = skip[depth - 1] || name ~ /^(pre|head)$/
	anchor[depth] = anchor[depth - 1] || name == "a"
	count = split(attribute(tag, "class"), classes, " ")
	for (i = 1; i <= count; i++) {
		if (("." classes[i]) in unbroken)
			keep[depth] = 1
		if (("." classes[i]) in scrolls)
			box[depth] = 1
	}
	if (keep[depth] && !keep[depth - 1])
		word = ""
}

function read_text(text)
{
	word = word text
	if (skip[depth])
		return
	if (!keep[depth] && text ~ \
	    /(struct|union|enum)( unix_|$)|(char|void|int|FILE) \*/)
		report("a type that may be broken: " text)
	if (!anchor[depth] && \
	    text ~ /(^|[ \t])examples(\/|&#47;)[-a-z]+\.(c|sh)/)
		report("an example without a link: " text)
}

{
	text = $0
	while (match(text, /<[^>]*>/)) {
		if (RSTART > 1)
			read_text(substr(text, 1, RSTART - 1))
		tag = substr(text, RSTART, RLENGTH)
		text = substr(text, RSTART + RLENGTH)
		read_place(tag)
		read_tag(tag)
	}
	if (text != "")
		read_text(text)
	word = word " "
}

END {
	if (depth)
		report("<" element[depth] "> is not closed")
	page = "examples.html"
	count = split(programs, names, " ")
	for (i = 1; i <= count; i++) {
		sub(/.*\//, "", names[i])
		if (names[i] !~ /[.]/)
			names[i] = names[i] ".c"
		links[page " " page "#" names[i]]
	}
	count = 0
	for (link in links) {
		count++
		split(link, part, " ")
		page = part[1]
		if (places[part[2]] != 1)
			report("nothing, or too much, at " part[2])
	}
	if (failed)
		exit 1
	print "ok: " count " links, and " outside + 0 " to other sites"
}
