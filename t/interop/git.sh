#!/bin/sh
# git clone and git push by the recipes of unixport(1): core.gitProxy has a pipe
# each way, git daemon has the connection.
. "${0%/*}/common.sh"
needs git
git daemon -h 2>&1 | grep -q inetd || absent git
version=$(number git --version)
s=$directory/s
rounds=5

# Without the configuration of the user.
export HOME=$directory GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
git config --global user.name unixport
git config --global user.email unixport@localhost
git config --global init.defaultBranch main
git config --global gc.auto 0

recipe git 2 | sed "s,/run/git.sock,$s," >"$directory/proxy"
install_program git-proxy <"$directory/proxy"
export PATH="$programs:${unixport%/*}:$PATH"

mkdir "$directory/files"
cp "$srcdir"/src/*/*.c "$directory/files"
head -c 2000000 /dev/urandom >"$directory/files/random"
git init -q "$directory/files"
git -C "$directory/files" add .
git -C "$directory/files" commit -qm 'All files'
mkdir "$directory/srv"
served=$directory/srv/project
git clone -q --bare "$directory/files" "$served"
git -C "$served" config daemon.receivepack true

recipe git 1 | sed "s,/run/git.sock,$s,; s,/srv/git,$directory/srv,g
    s/^unixport/exec &/" >"$directory/serve"
start server sh "$directory/serve"
server=$last
listening "$s"
recipe git 3 >"$directory/clone"
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.gitProxy
export GIT_CONFIG_VALUE_0=git-proxy
n=0
while [ $((n += 1)) -le $rounds ]; do
	(cd "$directory"; limit sh clone 2>words || { cat words; exit 1; })
	mv "$directory/project" "$directory/cloned"
	cmp "$directory/files/random" "$directory/cloned/random"
	head -c 1000000 /dev/urandom >"$directory/cloned/random"
	git -C "$directory/cloned" commit -qam "Random $n"
	limit git -C "$directory/cloned" push -q
	[ "$(git -C "$directory/cloned" rev-parse HEAD)" = \
	    "$(git -C "$served" rev-parse HEAD)" ]
	cp "$directory/cloned/random" "$directory/files/random"
	rm -rf "$directory/cloned"
done
stop_ours $server
passed git $version "recipe: $rounds clones, and pushes"
