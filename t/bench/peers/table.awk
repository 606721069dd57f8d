# SPDX-License-Identifier: BSD-2-Clause
# The names, one a line, then the results: work, name, round, amount and
# seconds.  A table of the medians in Markdown: of rates, and of the shares
# that they were of the first name's in their round.

BEGIN {
	split("lines pieces trips trips1 connections up down", ids, " ")
	split("32-byte lines, M/s;64 KiB pieces, MB/s;trips, k/s;" \
	    "trips, one CPU, k/s;connections, k/s;file up, MB/s;" \
	    "file down, MB/s", titles, ";")
	split("1e-6 0.065536 1e-3 1e-3 1e-3 1e-6 1e-6", units, " ")
	for (i in ids) {
		title[ids[i]] = titles[i]
		unit[ids[i]] = units[i]
	}
}

NR == FNR {
	names[++count] = $1
	next
}

{
	rate[$1, $2, $3] = unit[$1] * $4 / $5
	done[$1] = 1
	if ($3 > rounds)
		rounds = $3
}

function median(values, n,    i, j, value)
{
	for (i = 2; i <= n; i++) {
		value = values[i]
		for (j = i - 1; j > 0 && values[j] > value; j--)
			values[j + 1] = values[j]
		values[j + 1] = value
	}
	i = int((n + 1) / 2)
	return (values[i] + values[n + 1 - i]) / 2
}

function rate_of(work, name,    round, values)
{
	for (round = 1; round <= rounds; round++)
		values[round] = rate[work, name, round]
	return median(values, rounds)
}

function share_of(work, name,    round, values)
{
	for (round = 1; round <= rounds; round++)
		values[round] = rate[work, name, round] / \
		    rate[work, names[1], round]
	return median(values, rounds)
}

function cell(work, name,    value)
{
	value = rate_of(work, name)
	return sprintf(value < 100 ? "%.1f (%.2f)" : "%.0f (%.2f)", value,
	    share_of(work, name))
}

END {
	total = split(works, columns, " ")
	head = sprintf("| %-17s |", "")
	rule = "|:------------------|"
	for (i = 1; i <= total; i++)
		if (columns[i] in done) {
			head = head sprintf(" %19s |", title[columns[i]])
			rule = rule "--------------------:|"
		}
	if (length(rule) == 21)
		exit
	print head
	print rule
	for (n = 1; n <= count; n++) {
		printf "| %-17s |", names[n]
		for (i = 1; i <= total; i++)
			if (columns[i] in done)
				printf " %19s |", cell(columns[i], names[n])
		print ""
	}
}
