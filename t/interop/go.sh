#!/bin/sh
# A server with Go's net/http, as that of Docker: it cancels a request when it
# reads EOF.
. "${0%/*}/common.sh"
needs go
s=$directory/s
version=$(number go version)
cat >"$directory/web.go" <<'END_OF_GO'
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

func answer(w http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
		fmt.Println("cancelled")
		panic(http.ErrAbortHandler)
	case <-time.After(500 * time.Millisecond):
		fmt.Fprintln(w, "this is", r.URL.Path)
	}
}

func main() {
	listener, err := net.Listen("unix", os.Args[1])
	if err != nil {
		panic(err)
	}
	http.HandleFunc("/", answer)
	http.Serve(listener, nil)
}
END_OF_GO
GO111MODULE=off GOCACHE=$directory/cache HOME=$directory \
    timeout 60 go build -o "$directory/web" "$directory/web.go"
start web "$directory/web" "$s"
web=$last
listening "$s"

try /var/run/docker.sock "$s" 'The API of Docker' 1 >"$directory/said"
grep -x 'this is /version' "$directory/said"
[ ! -s "$directory/web.log" ]
# It is the half-close that cancels the request.
printf 'GET /version HTTP/1.0\r\n\r\n' | limit "$unixport" connect "$s" \
    >"$directory/said"
[ ! -s "$directory/said" ]
ready web cancelled
stop $web
passed 'Go net/http' $version 'recipe: a request, as to Docker'
