;; SPDX-License-Identifier: BSD-2-Clause
;; chicken.scm client ADDRESS: a client of line-server.
;; chicken.scm server ADDRESS: a server for line-client.

(import scheme (chicken base) (chicken io) (chicken process-context)
        unix-sockets)

(define (check what got expected)
  (unless (equal? got expected)
    (print what ": got " got ", not " expected)
    (exit 1)))

(define (say text port) (write-line text port))

(define (client address)
  (let-values (((in out) (unix-connect address)))
    (say "a line of CHICKEN" out)
    (check 'answer (read-line in) "1: a line of CHICKEN")
    (say "another" out)
    (close-output-port out)
    (check 'answer (read-line in) "2: another")
    (check 'end (read-line in) #!eof)
    (close-input-port in)))

;; One client: its lines, numbered.
(define (server address)
  (let*-values (((listener) (unix-listen address))
                ((in out) (unix-accept listener)))
    (let loop ((n 1) (line (read-line in)))
      (unless (eof-object? line)
        (say (string-append (number->string n) ": " line) out)
        (loop (+ n 1) (read-line in))))
    (close-input-port in)
    (close-output-port out)
    (unix-close listener)))

(let ((arguments (command-line-arguments)))
  (cond ((equal? (car arguments) "client") (client (cadr arguments)))
        ((equal? (car arguments) "server") (server (cadr arguments)))))
