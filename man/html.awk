# Every link of a web site leads to one of its files, and to a place there
# that is there once; those to other sites are not tried.
FNR == 1 {
	page = FILENAME
	sub(/.*\//, "", page)
	places[page] = 1
}

{
	text = $0
	while (match(text, /[ \t](id|href)="[^"]*"/)) {
		word = substr(text, RSTART + 1, RLENGTH - 2)
		text = substr(text, RSTART + RLENGTH)
		if (word ~ /^id=/) {
			places[page "#" substr(word, 5)]++
			continue
		}
		link = substr(word, 7)
		if (link ~ /^https:\/\//)
			outside++
		else if (link !~ /\.css$/)
			links[page " " (link ~ /^#/ ? page link : link)]
	}
}

END {
	for (link in links) {
		count++
		split(link, part, " ")
		if (places[part[2]] == 1)
			continue
		print part[1] ": nothing, or too much, at " part[2]
		failed = 1
	}
	if (failed)
		exit 1
	print "ok: " count " links, and " outside + 0 " to other sites"
}
