#!/bin/sh
# unixport connect: a coprocess of bash, and systems that cannot splice.
. "${0%/*}/tool-support.sh"

# A shell reads single bytes, and each read could block.
if command -v bash >/dev/null; then
	cat >coprocess.bash <<-'END'
		coproc "$1" connect s
		pid=$COPROC_PID in=${COPROC[0]} out=${COPROC[1]}
		echo $pid >coprocess
		for ((i = 0; i < 300; i++)); do
		    echo "line $i" >&$out
		    read -r line <&$in && [ "$line" = "line $i" ] || exit
		done
		exec {out}>&-
		read -r line <&$in || wait $pid && echo ended >ended
	END
	serve s cat
	bash coprocess.bash "$unixport" & shell=$!
	pids="$pids $shell"
	(until_true test -e ended) || {
		kill $(cat coprocess)
		fail 'the coprocess hangs'
	}
	wait $shell
	end TERM
	echo 'ok: a coprocess'
fi

. "$here/tool-support-faults.sh"
head -c 3000000 /dev/urandom >big
serve s cat
for fault in 'no splice' 'two pipes'; do
	cat big | with "$fault" "$unixport" connect s | cmp - big
	cat big | with "$fault" "$unixport" connect s >copy
	cmp copy big
done
with 'no sendfile' "$unixport" connect s <big >copy
cmp copy big
end TERM
echo 'ok: through a buffer'
