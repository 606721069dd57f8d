;; SPDX-License-Identifier: BSD-2-Clause
;; The tests of the egg, for "chicken-install -test".  A failure is printed and
;; ends the program with status 1.

(import scheme (chicken base) (chicken condition) (chicken errno)
        (chicken file) (chicken file posix) (chicken io) (chicken process)
        (chicken process-context) (chicken process-context posix)
        (chicken process signal) (chicken string) (chicken tcp) unix-sockets)

(define (check what got expected)
  (unless (equal? got expected)
    (print what ": got " got ", not " expected)
    (exit 1)))

(define-syntax fact
  (syntax-rules ()
    ((_ what body ...) (begin (let () body ...) (print "ok: " what)))))

;; The condition that THUNK raises.
(define (complaint thunk)
  (call/cc
   (lambda (return)
     (with-exception-handler return (lambda () (thunk) 'none)))))

(define (kinds condition) (map car (condition->list condition)))
(define (property name condition) (get-condition-property condition 'exn name))

(define (check-failure what condition message errno)
  (check what (kinds condition) '(exn i/o net))
  (check what (property 'message condition) message)
  (if errno
      (check what (property 'errno condition) errno)
      (check what (positive? (property 'errno condition)) #t)))

;; An errno of #f has no name in (chicken errno).
(define-syntax fails
  (syntax-rules ()
    ((_ message errno body)
     (check-failure 'body (complaint (lambda () body)) message errno))))

;; The names of threads are in srfi-18, which is not in CHICKEN's core.
(define (start thunk)
  (let ((thread (##sys#make-thread #f 'created 'test
                                   (##sys#slot ##sys#current-thread 9))))
    (##sys#setslot thread 1
                   (lambda ()
                     (thunk)
                     (##sys#thread-kill! thread 'dead)
                     (##sys#schedule)))
    (##sys#add-to-ready-queue thread)))

(define yield ##sys#thread-yield!)

(define (until done?)
  (unless (done?) (yield) (until done?)))

(define (descriptors)                   ; #f if the system does not list them
  (and (directory-exists? "/proc/self/fd")
       (length (directory "/proc/self/fd"))))

(define (say text port) (write-line text port))

(define (close in out)
  (close-input-port in)
  (close-output-port out))

(define (in-temporary-directory thunk)
  (let ((directory (create-temporary-directory)))
    (on-exit (lambda () (delete-directory directory #t)))
    (change-directory directory)
    (thunk)))

;; A server that is killed leaves its socket file.
(define (make-stale path)
  (process-wait
   (process-fork
    (lambda ()
      (unix-listen path)
      (process-signal (current-process-id) signal/kill)))))

(define (facts)
  (define before (descriptors))
  (define listener (unix-listen "s"))

  (fact "a listener returns its path and descriptor"
    (check 'listener? (unix-listener? listener) #t)
    (check 'listener? (unix-listener? "s") #f)
    (check 'path (unix-listener-path listener) "s")
    (check 'fileno (socket? (unix-listener-fileno listener)) #t)
    (check 'ready? (unix-accept-ready? listener) #f)
    (check 'name (->string listener) "#<unix-listener s>"))

  (fact "listen, connect, accept, exchange, half-close in both directions"
    (let*-values (((in out) (unix-connect "s"))
                  ((_) (check 'ready? (unix-accept-ready? listener) #t))
                  ((in2 out2) (unix-accept listener)))
      (check 'ports (map input-port? (list in in2 out out2)) '(#t #t #f #f))
      (check 'ports (map output-port? (list in in2 out out2)) '(#f #f #t #t))
      (check 'ready? (unix-accept-ready? listener) #f)
      (check 'char-ready? (char-ready? in2) #f)
      (say "hello" out)
      (check 'char-ready? (char-ready? in2) #t)
      (check 'peek (peek-char in2) #\h)
      (check 'line (read-line in2) "hello")
      (close-output-port out)
      (check 'end (read-line in2) #!eof)
      (check 'end (read-char in2) #!eof)
      (check 'char-ready? (char-ready? in2) #t)
      (say "still talking" out2)
      (check 'line (read-line in) "still talking")
      (close-output-port out2)
      (check 'end (read-line in) #!eof)
      (close-input-port in)
      (close-input-port in2)))

  (fact "a pair returns input and output port of both ends"
    (let-values (((in1 out1 in2 out2) (unix-pair)))
      (say "one" out1)
      (say "two" out2)
      (check 'line (read-line in2) "one")
      (check 'line (read-line in1) "two")
      (close in1 out1)
      (check 'end (read-line in2) #!eof)
      (close in2 out2)))

  (fact "all bytes arrive unchanged, in pieces of any length"
    (let-values (((in1 out1 in2 out2) (unix-pair))
                 ((bytes) (list->string
                           (do ((i 255 (- i 1))
                                (all '() (cons (integer->char i) all)))
                               ((< i 0) all)))))
      (display "" out1)
      (display bytes out1)
      (check 'read-string (read-string 100 in2) (substring bytes 0 100))
      (check 'peek-char (peek-char in2) #\d)
      (check 'read-string (read-string 156 in2) (substring bytes 100 256))
      (close in1 out1)
      (check 'read-string (read-string #f in2) #!eof)
      (close in2 out2)))

  (fact "other threads run while one waits for a client"
    (let ((steps '()))
      (start (lambda ()
               (let-values (((in out) (unix-accept listener)))
                 (set! steps (cons (read-line in) steps))
                 (close in out)
                 (set! steps (cons 'closed steps)))))
      (yield)
      (yield)
      (set! steps (cons 'waiting steps))
      (let-values (((in out) (unix-connect "s")))
        (yield)
        (yield)
        (set! steps (cons 'silent steps))
        (say "hello" out)
        (until (lambda () (memq 'closed steps)))
        (check 'end (read-line in) #!eof)
        (close in out))
      (check 'steps steps '(closed "hello" silent waiting))))

  (fact "other threads run while one waits to write, and to read"
    (let-values (((in1 out1 in2 out2) (unix-pair))
                 ((text) (make-string 3000000 #\x))
                 ((answer) #f))
      (start (lambda ()
               (display text out1)
               (set! answer (read-string 3000000 in1))))
      (check 'there (string=? (read-string 3000000 in2) text) #t)
      (display text out2)
      (until (lambda () answer))
      (check 'back (string=? answer text) #t)
      (close in1 out1)
      (close in2 out2)))

  (fact "the backlog is 10; other threads run while one waits to connect"
    (let* ((connect (lambda _ (call-with-values
                                (lambda () (unix-connect "s")) cons)))
           (ends (map connect '(1 2 3 4 5 6 7 8 9 10 11)))
           (last #f))
      (start (lambda () (set! last (connect))))
      (do ((i 0 (+ i 1))) ((= i 20)) (yield))
      (check 'connected last #f)
      (let-values (((in out) (unix-accept listener)))
        (close in out))
      (until (lambda () last))
      (for-each (lambda (end) (close (car end) (cdr end))) (cons last ends))
      (do () ((not (unix-accept-ready? listener)))
        (let-values (((in out) (unix-accept listener)))
          (check 'end (read-line in) #!eof)
          (close in out)))))

  (fact "a write after the peer has closed fails without a signal"
    (let-values (((in1 out1 in2 out2) (unix-pair))
                 ((signals) 0))
      ;; (chicken tcp) ignores SIGPIPE, which would end the process.
      (set-signal-handler! signal/pipe
                           (lambda (_) (set! signals (+ signals 1))))
      (close in2 out2)
      (fails "cannot write to socket - Broken pipe" errno/pipe
             (say "x" out1))
      (fails "cannot write to socket - Broken pipe" errno/pipe
             (say "x" out1))
      (yield)
      (check 'signals signals 0)
      (close in1 out1)))

  (fact "unread output of ours is an error after the peer's last line"
    (let-values (((in1 out1 in2 out2) (unix-pair)))
      (say "unread" out1)
      (say "last words" out2)
      (close in2 out2)
      (check 'line (read-line in1) "last words")
      (fails "cannot read from socket - Connection reset by peer" #f
             (read-line in1))
      (close in1 out1)))

  (fact "closing a port ends the read of another thread"
    (let-values (((in1 out1 in2 out2) (unix-pair))
                 ((line) 'none))
      (start (lambda () (set! line (read-line in1))))
      (yield)
      (close in1 out1)
      (until (lambda () (not (eq? line 'none))))
      (check 'line line #!eof)
      (close in2 out2)))

  (fact "parent and child use their own ports after process-fork"
    (let*-values (((in1 out1 in2 out2) (unix-pair))
                  ((child)
                   (process-fork
                    (lambda ()
                      (say (string-append "child of " (read-line in2)) out2)
                      (close in2 out2)
                      (emergency-exit 0)))))
      (tcp-abandon-port in2)
      (tcp-abandon-port out2)
      (close in2 out2)
      (say "mine" out1)
      (check 'line (read-line in1) "child of mine")
      (check 'end (read-line in1) #!eof)
      (close in1 out1)
      (let-values (((pid normal? status) (process-wait child)))
        (check 'status (list normal? status) '(#t 0)))))

  (make-stale "stale")
  (fact "errors are conditions (exn i/o net) with message and errno"
    (fails "cannot connect - No such file or directory" errno/noent
           (unix-connect "no"))
    (fails "cannot connect - Connection refused" #f (unix-connect "stale"))
    (fails "cannot listen - Address already in use" #f (unix-listen "s"))
    (fails "cannot listen - Invalid argument" errno/inval (unix-listen "n" -1))
    (fails "cannot listen - Invalid argument" errno/inval (unix-listen ""))
    (check 'location (property 'location
                               (complaint (lambda () (unix-connect "no"))))
           'unix-connect)
    (check 'arguments (property 'arguments
                                (complaint (lambda () (unix-connect "no"))))
           '("no"))
    (check 'kinds (kinds (complaint (lambda () (unix-accept "s"))))
           '(exn type))
    (check 'kinds (kinds (complaint (lambda () (unix-connect 1))))
           '(exn type)))

  (fact "a stale socket is reclaimed, and removed on close"
    (check 'file (file-exists? "stale") "stale")
    (let ((listener (unix-listen "stale" 1)))
      (unix-close listener)
      (check 'file (file-exists? "stale") #f)))

  (when (file-exists? "/proc/net/unix")
    (fact "abstract names"
      (let* ((name (string-append "@" (current-directory)))
             (listener (unix-listen name)))
        (check 'path (unix-listener-path listener) name)
        (let-values (((in out) (unix-connect name)))
          (close in out))
        (unix-close listener))))

  (fact "closing a listener ends unix-accept of another thread"
    (let ((end #f))
      (start (lambda ()
               (set! end (complaint (lambda () (unix-accept listener))))))
      (yield)
      (unix-close listener)
      (until (lambda () end))
      (check-failure 'end end "cannot accept - Bad file descriptor"
                     errno/badf))
    (check 'file (file-exists? "s") #f)
    (check 'name (->string listener) "#<unix-listener (closed)>")
    (for-each (lambda (call)
                (fails "listener is closed - Bad file descriptor" errno/badf
                       (call listener)))
              (list unix-accept unix-accept-ready? unix-listener-fileno
                    unix-listener-path unix-close)))

  (when before
    (fact "no descriptor remains open"
      (check 'descriptors (descriptors) before))))

(in-temporary-directory facts)
