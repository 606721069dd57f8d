#!/bin/sh
# Python's socket module, as client and as server, with open files.
. "${0%/*}/common.sh"
needs python3
python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' ||
    absent python3
s=$directory/s
version=$(number python3 --version)
echo 'hello from a file' >"$directory/file"
cat >"$directory/peer.py" <<-'END'
	import os, socket, sys
	how, path, file = sys.argv[1:]
	s = socket.socket(socket.AF_UNIX)
	if how == 'listen':
	    s.bind(path)
	    s.listen()
	    print('ready', flush=True)
	    s = s.accept()[0]
	else:
	    s.connect(path)
	with open(file) as f:
	    socket.send_fds(s, [b'take this\n'], [f.fileno()])
	data, files, flags, address = socket.recv_fds(s, 100, 5)
	assert data == b'and this\n', data
	assert len(files) == 1 and not flags & socket.MSG_CTRUNC
	assert os.pread(files[0], 100, 0) == b'hello from a file\n'
	s.sendall(b'x' * 1000000 + b'\n')
	s.shutdown(socket.SHUT_WR)
	assert s.recv(100) == b''
END
{ head -c 1000000 /dev/zero | tr '\0' x; echo; } >"$directory/big"

set -- '< take this' '- hello from a file' "+ $directory/file" '> and this' \
    "= $directory/big" '$'
serve_once -g listen "$s" "$@"
limit python3 "$directory/peer.py" connect "$s" "$directory/file"
ended $last
passed 'python3, client' $version 'open files both ways, 1 MB, half-close'
start python python3 "$directory/peer.py" listen "$s" "$directory/file"
ready python ready
dialogue -g connect "$s" "$@"
ended $last
passed 'python3, server' $version 'open files both ways, 1 MB, half-close'
