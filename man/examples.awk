# Print the examples as HTML: a list of all programs, then a section each.  The
# first comment of a program is its summary, and the lines of the comment that
# begin with a tab show its use.  The code follows without these comments.
function escape(text)
{
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	return text
}

function box(text)
{
	return "<pre>" text "</pre>\n"
}

# End the paragraph or the use that the last lines of the comment belong to.
function end_block(call)
{
	if (use != "")
		sections = sections box(use)
	if (match(paragraph, /^[a-z][-.a-z]*( [^a-z:]*)?: /)) {
		call = substr(paragraph, 1, RLENGTH - 2)
		paragraph = substr(paragraph, RLENGTH + 1)
		sections = sections "<p><code>" call "</code></p>\n"
	}
	if (paragraph != "") {
		if (!(name in summary)) {
			summary[name] = paragraph
			sub(/[.;] .*|\.$/, "", summary[name])
		}
		sections = sections "<p>" toupper(substr(paragraph, 1, 1)) \
		    substr(paragraph, 2) "</p>\n"
	}
	use = paragraph = ""
}

function end_file()
{
	end_block()
	sub(/\n+$/, "", code)
	if (code != "")
		sections = sections box(code)
	code = ""
	in_code = 0
}

FNR == 1 {
	end_file()
	name = FILENAME
	sub(/.*\//, "", name)
	names[++count] = name
	sections = sections "<h2 id=\"" name "\"><a class=\"permalink\" " \
	    "href=\"#" name "\">" name "</a></h2>\n"
	mark = name ~ /\.c$/ ? "^ [*]" : name ~ /\.scm$/ ? "^;;" : "^#"
}

!in_code && (/^\/\*/ || /^#!/ || /SPDX/) { next }

!in_code && $0 ~ mark && !/^ \*\// {
	sub(mark " ?", "")
	if (/^\t/) {
		if (paragraph != "")
			end_block()
		use = use (use == "" ? "" : "\n") escape(substr($0, 2))
	} else {
		if (/^$/ || use != "")
			end_block()
		$0 = escape($0)
		gsub(/unix_[a-z_]+\(\)/, "<code>&</code>")
		paragraph = paragraph (paragraph == "" ? "" : " ") $0
	}
	next
}

!in_code {
	in_code = 1
	end_block()
	if (/^ \*\//)
		next
}

code != "" || !/^$/ { code = code escape($0) "\n" }

END {
	end_file()
	print "<dl class=\"contents\">"
	for (i = 1; i <= count; i++)
		print "<dt><a href=\"#" names[i] "\">" names[i] "</a></dt>" \
		    "<dd>" summary[names[i]] "</dd>"
	print "</dl>"
	printf "%s", sections
}
