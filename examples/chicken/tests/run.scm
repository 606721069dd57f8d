;; SPDX-License-Identifier: BSD-2-Clause
;; The tests of the egg, for "chicken-install -test".  A failure is printed and
;; ends the program with status 1.

(import scheme (chicken base) (chicken condition) (chicken errno)
        (chicken file) (chicken file posix) (chicken io) (chicken port)
        (chicken process) (chicken process-context)
        (chicken process-context posix) (chicken process signal)
        (chicken sort) (chicken string) (chicken tcp) (chicken time)
        unix-sockets)

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

(define (check-late what condition message timeout)
  (check what (kinds condition) '(exn i/o net timeout))
  (check what (property 'message condition) message)
  (check what (car (property 'arguments condition)) timeout)
  (check what (positive? (property 'errno condition)) #t))

(define-syntax late
  (syntax-rules ()
    ((_ message timeout body)
     (check-late 'body (complaint (lambda () body)) message timeout))))

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
    (##sys#add-to-ready-queue thread)
    thread))

(define yield ##sys#thread-yield!)

(define (until done?)
  (unless (done?) (yield) (until done?)))

(define (until-blocked thread)
  (until (lambda () (eq? (##sys#slot thread 3) 'blocked))))

(define (descriptors)                   ; #f if the system does not list them
  (and (directory-exists? "/proc/self/fd")
       (length (directory "/proc/self/fd"))))

;; Block all threads; in a loop of this one, CHICKEN's timer would run others.
(define (hold) (system "sleep 0.03"))

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
      (parameterize ((unix-connect-timeout 20))
        (let ((start (current-process-milliseconds)))
          (late "connect operation timed out" 20 (unix-connect "s"))
          (check 'early (< (- (current-process-milliseconds) start) 20) #f)))
      (parameterize ((unix-connect-timeout 0))
        (late "connect operation timed out" 0 (unix-connect "s")))
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

  (fact "limits are #f unless set, and numbers that are not negative"
    (for-each
     (lambda (limit)
       (check 'default (limit) #f)
       (parameterize ((limit 5)) (check 'set (limit) 5))
       (check 'kinds (kinds (complaint (lambda () (limit 'long))))
              '(exn type))
       (check 'refused (car (kinds (complaint (lambda () (limit -1))))) 'exn)
       (check 'unchanged (limit) #f))
     (list unix-read-timeout unix-write-timeout unix-accept-timeout
           unix-connect-timeout unix-buffer-size)))

  (fact "a read ends after unix-read-timeout, and can be continued"
    (let-values (((in1 out1 in2 out2)
                  (parameterize ((unix-read-timeout 20)) (unix-pair)))
                 ((start) (current-process-milliseconds)))
      (late "read operation timed out" 20 (read-char in1))
      (check 'early (< (- (current-process-milliseconds) start) 20) #f)
      (late "read operation timed out" 20 (peek-char in1))
      (display "half a li" out2)
      (late "read operation timed out" 20 (read-line in1))
      (late "read operation timed out" 20 (read-string 12 in1))
      (display "ne\r" out2)
      (late "read operation timed out" 20 (read-line in1))
      (display "\nmore" out2)
      (check 'line (read-line in1) "half a line")
      (check 'part (read-string 2 in1) "mo")
      (close-output-port out2)
      (check 'rest (read-string 12 in1) "re")
      (check 'end (read-line in1) #!eof)
      (close-input-port in2)
      (close in1 out1)))

  (fact "a line of any length survives a timeout"
    (let-values (((in1 out1 in2 out2)
                  (parameterize ((unix-read-timeout 10)) (unix-pair)))
                 ((text) (make-string 100000 #\x))
                 ((late?) #f))
      (start (lambda ()
               (display text out2)
               (until (lambda () late?))
               (say "y" out2)))
      (late "read operation timed out" 10 (read-line in1))
      (set! late? #t)
      (check 'line (string=? (read-line in1) (string-append text "y")) #t)
      (close in1 out1)
      (close in2 out2)))

  (fact "lines end as those of other ports do"
    (let-values (((in1 out1 in2 out2) (unix-pair)))
      (display "a\rb\r\n\n\r\r\ncut off\r\nd\r" out2)
      (close-output-port out2)
      (check 'lines (read-lines in1 5) '("a" "b" "" "" ""))
      (check 'limit (read-line in1 0) "")
      (check 'limit (read-line in1 3) "cut")
      (check 'position (call-with-values
                           (lambda () (port-position in1)) cons)
             '(6 . 3))
      (check 'limit (read-line in1 4) " off")
      (check 'limit (read-line in1 4) "")
      (check 'end (read-line in1) "d")
      (check 'end (read-line in1) #!eof)
      (close in1 out1)
      (close-input-port in2)))

  (fact "input that arrived in time is no timeout"
    (let-values (((in1 out1 in2 out2)
                  (parameterize ((unix-read-timeout 10)) (unix-pair)))
                 ((line) 'none))
      (until-blocked (start (lambda () (set! line (read-line in1)))))
      (say "in time" out2)
      (hold)
      (until (lambda () (not (eq? line 'none))))
      (check 'line line "in time")
      (close in1 out1)
      (close in2 out2)))

  (fact "a write ends after unix-write-timeout, and every later write fails"
    (let-values (((in1 out1 in2 out2)
                  (parameterize ((unix-write-timeout 20)) (unix-pair)))
                 ((text) (make-string 3000000 #\x)))
      (late "write operation timed out" 20 (display text out1))
      (read-string 3000 in2)
      (late "write operation timed out" 20 (display "x" out1))
      (close-output-port out1)
      (check 'part (< (string-length (read-string #f in2)) 2997000) #t)
      (close-input-port in1)
      (close in2 out2)))

  (fact "progress restarts unix-write-timeout"
    (let-values (((in1 out1 in2 out2)
                  (parameterize ((unix-write-timeout 100)) (unix-pair)))
                 ((done?) #f))
      (start (lambda ()
               (display (make-string 3000000 #\x) out1)
               (set! done? #t)))
      (yield)
      (do ((i 0 (+ i 1))) ((= i 10))
        (hold)
        (check 'part (string-length (read-string 300000 in2)) 300000))
      (until (lambda () done?))
      (close in1 out1)
      (close in2 out2)))

  (fact "unix-accept ends after unix-accept-timeout"
    (parameterize ((unix-accept-timeout 20))
      (let ((start (current-process-milliseconds)))
        (late "accept operation timed out" 20 (unix-accept listener))
        (check 'early (< (- (current-process-milliseconds) start) 20) #f))
      (let*-values (((in out) (unix-connect "s"))
                    ((in2 out2) (unix-accept listener)))
        (close in out)
        (close in2 out2)))
    (parameterize ((unix-accept-timeout 0))
      (late "accept operation timed out" 0 (unix-accept listener))))

  (fact "output is buffered up to unix-buffer-size, until it is flushed"
    (let-values (((in1 out1 in2 out2)
                  (parameterize ((unix-buffer-size 10)) (unix-pair))))
      (display "1234" out1)
      (display "56789" out1)
      (check 'kept (char-ready? in2) #f)
      (flush-output out1)
      (check 'flushed (read-string 9 in2) "123456789")
      (display "123456789" out1)
      (check 'kept (char-ready? in2) #f)
      (display "0" out1)
      (check 'full (read-string 10 in2) "1234567890")
      (display "ab" out1)
      (display (make-string 3000 #\c) out1)
      (check 'long (read-string 3002 in2)
             (string-append "ab" (make-string 3000 #\c)))
      (display "last" out1)
      (check 'kept (char-ready? in2) #f)
      (close-output-port out1)
      (check 'closed (read-string #f in2) "last")
      (close-input-port in1)
      (close in2 out2)))

  (fact "output of several threads keeps its order, and no byte is lost"
    (for-each
     (lambda (size)
       (let-values (((in1 out1 in2 out2)
                     (parameterize ((unix-buffer-size size)) (unix-pair)))
                    ((writers) 3)
                    ((seen) (make-vector 3 0)))
         (define (write-lines writer)
           (do ((i 0 (+ i 1))) ((= i 3000))
             (display (string-append (number->string writer) " "
                                     (number->string i) "\n")
                      out1)
             (when (zero? (modulo i 7)) (yield)))
           (set! writers (- writers 1))
           (when (zero? writers) (close-output-port out1)))
         (for-each (lambda (writer) (start (lambda () (write-lines writer))))
                   '(0 1 2))
         (let loop ((line (read-line in2)))
           (unless (eof-object? line)
             (let ((writer (string->number (substring line 0 1))))
               (check 'line (string->number (substring line 2))
                      (vector-ref seen writer))
               (vector-set! seen writer (+ (vector-ref seen writer) 1)))
             (loop (read-line in2))))
         (check 'lines seen '#(3000 3000 3000))
         (close-input-port in1)
         (close in2 out2)))
     '(#f 100 5000)))

  (fact "closing reports buffered output that could not be sent, once"
    (let-values (((in1 out1 in2 out2)
                  (parameterize ((unix-buffer-size 10)) (unix-pair))))
      (display "lost" out1)
      (close in2 out2)
      (fails "cannot write to socket - Broken pipe" errno/pipe
             (close-output-port out1))
      (close in1 out1))
    (let-values (((in1 out1 in2 out2)
                  (parameterize ((unix-buffer-size 10)) (unix-pair))))
      (display "lost" out1)
      (close in2 out2)
      (fails "cannot write to socket - Broken pipe" errno/pipe
             (flush-output out1))
      (fails "cannot write to socket - Broken pipe" errno/pipe
             (display "x" out1))
      (close in1 out1)))

  (fact "limits hold for the ports that were made with them"
    (parameterize ((unix-read-timeout 10) (unix-buffer-size 10))
      (let-values (((in out) (unix-connect "s")))
        (parameterize ((unix-read-timeout #f) (unix-buffer-size #f))
          (let-values (((in2 out2) (unix-accept listener)))
            (late "read operation timed out" 10 (read-line in))
            (display "kept" out)
            (check 'kept (char-ready? in2) #f)
            (close in out)
            (check 'line (read-line in2) "kept")
            (close in2 out2))))))

  (fact "closing a port ends the read of another thread"
    (let-values (((in1 out1 in2 out2) (unix-pair))
                 ((line) 'none))
      (until-blocked (start (lambda () (set! line (read-line in1)))))
      (close in1 out1)
      (until (lambda () (not (eq? line 'none))))
      (check 'line line #!eof)
      (close in2 out2)))

  (fact "closing a port ends the write of another thread"
    (for-each
     (lambda (size)
       (let-values (((in1 out1 in2 out2)
                     (parameterize ((unix-buffer-size size)) (unix-pair)))
                    ((end) #f))
         (define (write-much) (display (make-string 3000000 #\x) out1))
         (until-blocked
          (start (lambda () (set! end (complaint write-much)))))
         (close in1 out1)
         (until (lambda () end))
         (check-failure 'end end "cannot write to socket - Bad file descriptor"
                        errno/badf)
         (close in2 out2)))
     '(#f 10)))

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

  ;; The egg socket uses the first 107 bytes.
  (when (file-exists? "/proc/net/unix")
    (fact "a path of 150 bytes is not cut"
      (let* ((stem (make-string 149 #\p))
             (paths (list (string-append stem "1") (string-append stem "2")))
             (before (directory))
             (listeners (map unix-listen paths)))
        (check 'files (sort (directory) string<?)
               (sort (append paths before) string<?))
        (check 'paths (map unix-listener-path listeners) paths)
        (let*-values (((in out) (unix-connect (cadr paths)))
                      ((ready) (map unix-accept-ready? listeners)))
          (check 'ready ready '(#f #t))
          (close in out))
        (for-each unix-close listeners)
        (check 'removed (directory) before)))

    (fact "a path of 108 bytes is not cut"
      (let* ((path (make-string 108 #\p))
             (listener (unix-listen path)))
        (fails "cannot connect - No such file or directory" errno/noent
               (unix-connect (substring path 0 107)))
        (let-values (((in out) (unix-connect path)))
          (close in out))
        (unix-close listener))))

  (fact "a path that is too long for the system is an error"
    (fails "cannot listen - File name too long" #f
           (unix-listen (make-string 256 #\p)))
    (fails "cannot connect - File name too long" #f
           (unix-connect (make-string 256 #\p)))
    (fails "cannot listen - File name too long" #f
           (unix-listen (string-append (make-string 5000 #\/) "p"))))

  ;; The egg socket returns a socket that is not connected.
  (fact "a full queue of the listener is not taken for a connection"
    (let ((listener (unix-listen "q" 1))
          (answers 0))
      (define (connect)
        (let-values (((in out) (unix-connect "q")))
          (say "connected" out)
          (cons in out)))
      (define (fill)
        (condition-case
            (let ((client (connect)))
              (cons client (fill)))
          ((exn i/o net timeout) '())))
      (define (finish client)
        (check 'answer (read-line (car client)) "accepted")
        (set! answers (+ answers 1))
        (close (car client) (cdr client)))
      (define (serve)
        (let-values (((in out) (unix-accept listener)))
          (check 'line (read-line in) "connected")
          (say "accepted" out)
          (close in out)))
      (let ((clients (parameterize ((unix-connect-timeout 20)) (fill))))
        (check 'room (pair? clients) #t)
        (do ((i 0 (+ i 1))) ((= i 10))
          (start (lambda () (finish (connect)))))
        (for-each (lambda (_) (serve)) clients)
        (for-each finish clients)
        (do ((i 0 (+ i 1))) ((= i 10)) (serve))
        (until (lambda () (= answers (+ 10 (length clients))))))
      (check 'ready? (unix-accept-ready? listener) #f)
      (unix-close listener)))

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
      (until-blocked
       (start (lambda ()
                (set! end (complaint (lambda () (unix-accept listener)))))))
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
