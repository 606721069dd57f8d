#!/bin/sh
# Racket's own racket/unix-socket, as client and as server, at a path and at
# an abstract name; each side ends its output first and reads on.
. "${0%/*}/common.sh"
needs racket
version=$(number racket --version)
racket -l racket/base -l racket/unix-socket -e '(void)' 2>/dev/null ||
    absent racket
cat >"$directory/peer.rkt" <<'END'
#lang racket/base
;; peer.rkt connect|listen ADDRESS first|last FILE: whether we are the first
;; to end the output.
(require racket/file racket/port racket/unix-socket)
(define-values (how address when file)
  (vector->values (current-command-line-arguments)))
(define path
  (if (char=? (string-ref address 0) #\@)
      (bytes-append #"\0" (string->bytes/utf-8 (substring address 1)))
      address))
(define (accept)
  (define listener (unix-socket-listen path))
  (displayln "ready")
  (flush-output)
  (unix-socket-accept listener))
(define-values (in out)
  (if (equal? how "connect") (unix-socket-connect path) (accept)))
(define bytes (file->bytes file))
(define (say words)
  (write-bytes bytes out)
  (write-bytes words out)
  (close-output-port out))
(define (hear words)
  (unless (equal? (port->bytes in) (bytes-append bytes words))
    (error "something else came")))
(cond
  [(equal? when "first") (say #"your turn\n") (hear #"goodbye\n")]
  [else (hear #"your turn\n") (say #"goodbye\n")])
END
head -c 1000000 /dev/urandom >"$directory/big"

# exchange KIND ADDRESS first|last: the library listens, then Racket.
exchange()
{
	kind=$(flag $1) address=$2 when=$3
	case $when in
	first) set -- "= $directory/big" '< your turn' '$' \
	    "f $directory/big" '> goodbye' '!' ;;
	last) set -- "f $directory/big" '> your turn' '!' \
	    "= $directory/big" '< goodbye' '$' ;;
	esac
	serve_once $kind listen "$address" "$@"
	limit racket "$directory/peer.rkt" connect "$address" $when \
	    "$directory/big"
	ended $last
	start racket racket "$directory/peer.rkt" listen "$address" $when \
	    "$directory/big"
	ready racket ready
	dialogue $kind connect "$address" "$@"
	ended $last
	rm -f "$address"	# Racket leaves it
}

what='1 MB, half-close both ways'
exchange plain "$directory/s" first
exchange guarded "$directory/s" last
passed 'racket, client and server' $version "$what"
[ "$(uname -s)" = Linux ] || exit 0
exchange plain "@up.racket.$$" last
exchange guarded "@up.racket.$$" first
passed 'racket, client and server' $version "$what (abstract name)"
