# Sourced by the scripts of this directory: a temporary directory, processes
# that end with the script, and rows of the table of results.  The scripts run
# in the build directory.
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin"
case $srcdir in /*) ;; *) srcdir=$PWD/$srcdir ;; esac
here=$srcdir/t/interop
script=$(basename "$0" .sh)
input=$srcdir/README.md
directory=$(mktemp -d /tmp/unixport.XXXXXX)
running=

finish()
{
	status=$?
	trap '' HUP INT TERM
	# The last process first, since it may be a client of the others.
	for pid in $running; do
		kill $pid 2>/dev/null || :
		wait $pid 2>/dev/null || :
	done
	case $status in
	0|77) ;;
	*) tail -n 20 "$directory"/*.log 2>/dev/null || : ;;
	esac
	rm -rf "$directory"
	exit $status
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

# row PROGRAM VERSION EXCHANGED RESULT
row() { printf '%s\t%s\t%s\t%s\n' "$@" >>"${UNIXPORT_TABLE:-/dev/null}"; }

# passed PROGRAM VERSION EXCHANGED
passed()
{
	echo "ok: $1: $3"
	row "$1" "$2" "$3" passed
}

# absent PROGRAM: ends the script.  Run names the package, and fails.
absent()
{
	package=$(awk -v program="$1" '$1 == program { print $2 }' \
	    "$here/programs")
	problem="$1 is missing (Debian: apt-get install $package)"
	echo "$script: $problem"
	row "$script" - - "$problem"
	exit 77
}

needs()
{
	for program; do
		command -v "$program" >/dev/null || absent "$program"
	done
}
needs timeout
timeout --foreground 5 true || absent timeout

# number COMMAND...: the first number with a dot in its output.
number()
{
	"$@" 2>&1 | head -n 3 |
	    sed -n 's/^[^0-9]*\([0-9][0-9]*\.[0-9.]*[0-9]\).*/\1/p' |
	    head -n 1
}

# systemd's version is one number.
systemd_version() { "$1" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/;q'; }

# Limits the time of a command.
limit() { timeout -k 5 20 "$@"; }

# start NAME COMMAND...: starts a command in the background, with its output in
# NAME.log.  --foreground is required: otherwise timeout also sends SIGCONT,
# which hangs the leak check of AddressSanitizer in a program that ends.
start()
{
	name=$1; shift
	: >"$directory/$name.log"
	timeout --foreground -k 5 60 "$@" >"$directory/$name.log" 2>&1 &
	last=$!
	running="$last $running"
}

# ready NAME WORDS: waits for WORDS in the output, in upper or lower case, which
# differs between versions.
ready()
{
	tries=0
	until grep -qi "$2" "$directory/$1.log"; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || { echo "$1: not ready"; exit 1; }
		sleep 0.05
	done
}

# ended PID: the process ends by itself with status 0.
ended()
{
	forget $1
	wait $1 || { echo "$1: status $?"; exit 1; }
}

# The number of a process that was waited for may be in use again.
forget() { running=$(echo " $running " | sed "s/ $1 / /"); }

# stop PID: ends a process, with any status; stop_ours PID: with status 0.
stop()
{
	forget $1
	kill $1
	wait $1 || :
}

stop_ours()
{
	kill $1
	ended $1
}

dialogue() { limit t/interop/dialogue "$@" >"$directory/dialogue.log" 2>&1; }

# serve_once ARGUMENT...: starts one dialogue in the background and waits until
# it listens.
serve_once()
{
	start ours t/interop/dialogue "$@"
	ready ours ready
}

unixport=$PWD/unixport
# recipe TITLE NUMBER [LINE]: the display NUMBER below .Ss TITLE in unixport(1),
# or one of its lines, without prompts.
recipe()
{
	awk -v title="$1" -v number="$2" -v line="${3:-0}" '
	    /^\.S[hs] / { inside = $0 == ".Ss " title; count = 0 }
	    /^\.Ed/ { shown = 0 }
	    inside && shown && (line == 0 || ++lines == line) {
		sub(/^[$#] /, "")
		gsub(/\\e/, "\\")
		print
		found = 1
	    }
	    inside && /^\.Bd/ { shown = ++count == number }
	    END { exit !found }
	' "$srcdir/man/unixport.1" || { echo "no recipe: $*" >&2; exit 1; }
}

# try THEIRS OURS TITLE NUMBER [LINE]: runs a recipe, with an address of ours in
# place of theirs.
programs=$directory/bin
mkdir "$programs"
try()
{
	pattern=$1 replacement=$2; shift 2
	file=$(mktemp "$directory/recipe.XXXXXX")
	recipe "$@" | sed "s,$pattern,$replacement,g" >"$file"
	grep -q -e "$replacement" "$file"
	PATH=$programs:${unixport%/*}:$PATH timeout -k 5 30 sh "$file"
}

# install_program NAME: for recipes, from standard input.
install_program()
{
	cat >"$programs/$1"
	chmod +x "$programs/$1"
}

# listening SOCKET: waits until a server listens.
listening()
{
	tries=0
	until "$unixport" probe "$1" >/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || { echo "$1: no server"; exit 1; }
		sleep 0.05
	done
}

kinds='plain guarded'
flag() { [ $1 = plain ] || echo -g; }

# An unused port of loopback, below those that Linux assigns to clients: a port
# of a client cannot be bound for a minute after its end.
free_port()
{
	port=$((10000 + $$ % 20000))
	while socat -u OPEN:/dev/null TCP:127.0.0.1:$port 2>/dev/null; do
		port=$((port + 1))
	done
	echo $port
}

# The command to become another user, for servers that refuse root.
ordinary=
if [ "$(id -u)" = 0 ]; then
	ordinary='setpriv --reuid=nobody --regid=nogroup --clear-groups'
	chmod 711 "$directory"
fi
