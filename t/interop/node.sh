#!/bin/sh
# A server with node that answers later: node closes a connection whose client
# has half-closed it.
. "${0%/*}/common.sh"
needs node
s=$directory/s
version=$(number node --version)
cat >"$directory/server.js" <<'END_OF_JS'
require('net').createServer(client => {
  console.log('client')
  client.on('data', words => setTimeout(() =>
    client.end(words.toString().toUpperCase()), 200))
}).listen(process.argv[2])
END_OF_JS
start node node "$directory/server.js" "$s"
node=$last
listening "$s"

# It has noticed none of the probes, and ends with any error of a client.
[ ! -s "$directory/node.log" ]
[ "$(echo hello | limit "$unixport" connect -K "$s")" = HELLO ]
[ -z "$(echo hello | limit "$unixport" connect "$s")" ]
[ "$(wc -l <"$directory/node.log")" = 2 ]
stop $node
passed node $version 'an answer with connect -K; probe is not noticed'
