#!/bin/sh
# The Assuan protocol of gpg-agent, on a passed socket.
. "${0%/*}/common.sh"
needs gpg-agent systemd-socket-activate
s=$directory/s
version=$(number gpg-agent --version)

# With --supervised, gpg-agent does not detach itself.
for kind in $kinds; do
	start agent systemd-socket-activate -l "$s" \
	    gpg-agent --homedir "$directory" --supervised
	dialogue $(flag $kind) connect "$s" '< OK Pleased to meet you*' \
	    '> GETINFO version' "< D $version" '< OK' '> NOP' '< OK' \
	    '> NONSENSE' '< ERR *' '> KILLAGENT' '< OK closing connection' '$'
	ended $last
	rm -f "$s"
done
passed gpg-agent $version 'GETINFO, an error, KILLAGENT'
