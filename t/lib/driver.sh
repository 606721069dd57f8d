#!/bin/sh
# driver.sh DRIVER...: run one of Automake's test drivers with its options, and
# print one line: the result, the name and the number of tests.  If a test
# failed or was skipped, the whole log follows; else rows of a table, which
# begin with "# |".
set -u

# The values of these options of the driver, and colours as it uses them.
name= log= trs= colors=no previous=
for word; do
	case $previous in
	--test-name) name=$word ;;
	--log-file) log=$word ;;
	--trs-file) trs=$word ;;
	--color-tests) colors=$word ;;
	esac
	[ "$word" != -- ] || break
	previous=$word
done

# Without a .trs file make would report a failure that no line explains.
rm -f "$trs"
"$@" >/dev/null && [ -e "$trs" ] || {
	echo "ERROR: $name: the test driver failed" >&2
	exit 99
}

result=$(sed -n 's/^:global-test-result: *//p' "$trs")
count=$(grep -c '^:test-result:' "$trs")
tests=tests begin= end=
[ "$count" != 1 ] || tests=test
if [ "$colors" = yes ]; then
	case $result in
	PASS) begin=$(printf '\033[0;32m') ;;
	SKIP) begin=$(printf '\033[1;34m') ;;
	XFAIL) begin=$(printf '\033[1;32m') ;;
	ERROR) begin=$(printf '\033[0;35m') ;;
	*) begin=$(printf '\033[0;31m') ;;
	esac
	end=$(printf '\033[m')
fi

report()
{
	echo "$begin$result$end: $name ($count $tests)"
	if grep -qE '^:test-result: *(FAIL|XPASS|ERROR|SKIP)' "$trs"; then
		cat "$log"
	else
		sed -n 's/^# |/ /p' "$log"
	fi
}

# Parallel programs report at any time: only a single write(2) keeps the lines
# of a log together.
trap 'rm -f "$log.report"' EXIT
trap 'exit 1' HUP INT TERM
report >"$log.report"
dd if="$log.report" bs=1048576 2>/dev/null
