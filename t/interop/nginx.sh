#!/bin/sh
# nginx listens on a socket file, with an upstream server of the library.
. "${0%/*}/common.sh"
needs nginx
s=$directory/s
mkdir "$directory/pages"
cp "$input" "$directory/pages/page"
cat >"$directory/conf" <<-END
	daemon off;
	master_process off;
	pid $directory/pid;
	error_log stderr;
	events { }
	http {
		access_log off;
		client_body_temp_path $directory/1;
		proxy_temp_path $directory/2;
		fastcgi_temp_path $directory/3;
		uwsgi_temp_path $directory/4;
		scgi_temp_path $directory/5;
		server {
			listen unix:$s;
			location / { root $directory/pages; }
			location /ours {
				proxy_pass http://unix:$directory/ours:/;
			}
		}
	}
END

start nginx nginx -p "$directory" -e stderr -c "$directory/conf"
nginx=$last
for kind in $kinds; do
	dialogue -r $(flag $kind) connect "$s" '> GET /page HTTP/1.1' \
	    '> Host: here' '> ' '< HTTP/1.1 200 OK' '~ ' \
	    "= $directory/pages/page" '> GET /none HTTP/1.1' '> Host: here' \
	    '> Connection: close' '> ' '< HTTP/1.1 404 *'
done
version=$(number nginx -v)
passed nginx $version 'GET of a page, and of none, on one connection'

for kind in $kinds; do
	serve_once -r $(flag $kind) listen "$directory/ours" '< GET / HTTP/1*' \
	    '~ ' '> HTTP/1.0 200 OK' '> Content-Length: 6' '> ' '> ours' '$'
	dialogue -r $(flag $kind) connect "$s" '> GET /ours HTTP/1.1' \
	    '> Host: here' '> ' '< HTTP/1.1 200 OK' '~ ' '< ours'
	ended $last
done
stop $nginx
passed nginx $version 'proxy_pass to a server of ours'
