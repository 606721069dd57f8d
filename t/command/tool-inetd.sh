#!/bin/sh
# Sockets that the caller passes as 0, 1 or 2, as inetd(8) does.
. "${0%/*}/tool-support.sh"
command -v python3 >/dev/null || { echo 'no python3'; exit 77; }
export LD_LIBRARY_PATH="$libraries"

# listening.py STREAMS COMMAND...: runs COMMAND with a listening socket as the
# streams.  Prints the answer to a client, or with EXPECT='an error' the first
# message, and the status.
cat >listening.py <<'END'
import os, signal, socket, subprocess, sys
streams, command = sys.argv[1], sys.argv[2:]
listener = socket.socket(socket.AF_UNIX)
listener.bind("s")
listener.listen(10)
files = {}
for number, name in enumerate(("stdin", "stdout", "stderr")):
    files[name] = listener.fileno() if str(number) in streams else (
        subprocess.DEVNULL if number == 0 else subprocess.PIPE)
server = subprocess.Popen(command, **files)
client = socket.socket(socket.AF_UNIX)
client.settimeout(20)
client.connect("s")
client.sendall(b"hello\n")
client.shutdown(socket.SHUT_WR)
if os.environ["EXPECT"] == "an error":
    status = server.wait(20)
    said = server.stderr.read().decode() if server.stderr else ""
    print(status, said.split("\n")[0])
    # The client is still in the queue, and has received nothing.
    connection = listener.accept()[0]
    connection.recv(100)
    connection.close()
    listener.close()
    print(client.recv(100))
else:
    answer = b""
    while True:
        part = client.recv(100)
        if not part:
            break
        answer += part
    print(answer.decode(), end="")
    if os.environ["EXPECT"] != "one client":
        server.send_signal(signal.SIGTERM)
    print(server.wait(20))
os.unlink("s")
END

cat >files.sh <<'END'
cat
for file in 0 1 2; do
	readlink /proc/$$/fd/$file | sed 's/:.*//'
done
END
if [ -e /proc/self/fd/0 ]; then
	for streams in 0 1 01; do
		EXPECT=clients expect 0 'hello
socket
socket
pipe
0' python3 listening.py $streams "$itself" listen \
		    fd:$(echo $streams | cut -c 1) sh files.sh
	done
	for streams in 2 02 12 012; do
		for number in $(echo $streams | sed 's/./& /g'); do
			EXPECT=clients expect 0 'hello
socket
socket
/dev/null
0' python3 listening.py $streams "$itself" listen fd:$number sh files.sh
		done
	done
	echo 'ok: listening socket among the standard streams'
fi

for number in 0 1; do
	EXPECT='an error' expect 0 "2 unixport: listen: fd:$number is standard input or output and requires a command
b''" python3 listening.py $number "$itself" listen fd:$number
done
# Without a command, standard error can be the socket.
EXPECT='one client' expect 0 0 python3 listening.py 2 "$itself" listen fd:2
# Readiness cannot be reported to the socket.
EXPECT='an error' expect 0 "2 unixport: listen: -1 cannot be combined with fd:1, which is standard output
b''" python3 listening.py 1 "$itself" listen -1 fd:1 cat
echo 'ok: listening socket without a command'

# connected.py STREAMS COMMAND...: the same with a connected socket.
cat >connected.py <<'END'
import socket, subprocess, sys
streams, command = sys.argv[1], sys.argv[2:]
ours, theirs = socket.socketpair()
ours.settimeout(20)
files = {}
for number, name in enumerate(("stdin", "stdout", "stderr")):
    files[name] = theirs.fileno() if str(number) in streams else (
        subprocess.DEVNULL if number == 0 else subprocess.PIPE)
process = subprocess.Popen(command, **files)
theirs.close()
answer = b""
try:
    ours.sendall(b"hello\n")
    ours.shutdown(socket.SHUT_WR)
    while True:
        part = ours.recv(100)
        if not part:
            break
        answer += part
except (BrokenPipeError, ConnectionResetError):
    answer += b"reset"
print(answer.decode(), end="")
status = process.wait(20)
print(status, (process.stderr.read().decode() if process.stderr
    else "").split("\n")[0])
END
for streams in 0 1 2 01 012; do
	number=$(echo $streams | cut -c 1)
	expect 0 'hello
0 ' python3 connected.py $streams "$itself" connect fd:$number cat
done
expect 0 '0 ' python3 connected.py 2 "$itself" connect fd:2
expect 0 'reset1 ' python3 connected.py 2 "$itself" connect fd:2 no-such
for number in 0 1; do
	expect 0 "reset2 unixport: connect: fd:$number is standard input or output and requires a command" \
	    python3 connected.py $number "$itself" connect fd:$number
done
echo 'ok: connected socket among the standard streams'
