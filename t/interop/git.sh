#!/bin/sh
# git clone and git push through the command: core.gitproxy has a pipe each way,
# git daemon has the connection.
. "${0%/*}/common.sh"
needs git
git daemon -h 2>&1 | grep -q inetd || absent git
version=$(number git --version)
s=$directory/s
rounds=10

# Without the configuration of the user.
export HOME=$directory GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
git config --global user.name unixport
git config --global user.email unixport@localhost
git config --global init.defaultBranch main
git config --global gc.auto 0

# git appends the host and the port, which are not required.
cat >"$directory/proxy" <<-END
	#!/bin/sh
	exec "$unixport" connect "$s"
END
chmod +x "$directory/proxy"
git config --global core.gitproxy "$directory/proxy"

mkdir "$directory/files"
cp "$srcdir"/src/*/*.c "$directory/files"
head -c 2000000 /dev/urandom >"$directory/files/random"
git init -q "$directory/files"
git -C "$directory/files" add .
git -C "$directory/files" commit -qm 'All files'
git clone -q --bare "$directory/files" "$directory/served"

start server $unixport listen -1 "$s" git daemon --inetd --export-all \
    --enable=receive-pack --base-path="$directory" "$directory"
server=$last
ready server '^$'
n=0
while [ $((n += 1)) -le $rounds ]; do
	limit git clone -q git://here/served "$directory/cloned"
	cmp "$directory/files/random" "$directory/cloned/random"
	head -c 1000000 /dev/urandom >"$directory/cloned/random"
	git -C "$directory/cloned" commit -qam "Random $n"
	limit git -C "$directory/cloned" push -q
	[ "$(git -C "$directory/cloned" rev-parse HEAD)" = \
	    "$(git -C "$directory/served" rev-parse HEAD)" ]
	cp "$directory/cloned/random" "$directory/files/random"
	rm -rf "$directory/cloned"
done
stop_ours $server
passed git $version "$rounds clones and pushes by core.gitproxy"
