;; SPDX-License-Identifier: BSD-2-Clause
;; The egg unix-sockets for CHICKEN 5: listeners and guarded ports of
;; libunixport as CHICKEN's.  A call that has to wait blocks one thread only.

(declare (uses scheduler) (disable-interrupts))

(module unix-sockets
  (unix-listen unix-listener? unix-close unix-accept unix-accept-ready?
   unix-connect unix-listener-fileno unix-listener-path unix-pair
   unix-read-timeout unix-write-timeout unix-accept-timeout
   unix-connect-timeout unix-buffer-size)

(import scheme (chicken base) (chicken condition) (chicken fixnum)
        (chicken foreign) (chicken format) (chicken memory) (chicken port)
        (chicken time))

#>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unixport.h>

/* A blocking call would block all threads of CHICKEN. */
static const struct unix_options options = { .flags = UNIX_GUARDED |
    UNIX_UNTIED, .accept_timeout = -1, .connect_timeout = -1 };

/* The result of a call that makes ports; -1 if it would block. */
static int
outcome(int result)
{
	return result == 0 ? 0 : errno == ETIMEDOUT ? -1 : errno;
}
<#

;; Returned by the calls below if they would block.
(define-constant would-wait -1)
;; A writable socket accepts this number of bytes on every system.
(define-constant piece 2048)
(define-constant least-size 4096)       ; of the buffer of a port

(define-foreign-variable ports-size int "sizeof(struct unix_ports)")
(define-foreign-variable timed-out int "ETIMEDOUT")
(define-foreign-variable closed int "EBADF")
(define-foreign-type ports (c-pointer "struct unix_ports"))
(define-foreign-type listener (c-pointer "struct unix_listener"))

(define strerror (foreign-lambda c-string "strerror" int))
(define listen
  (foreign-lambda* listener ((c-string path) (int backlog)
                             ((c-pointer int) error))
    "struct unix_options ours = options;
     ours.backlog = backlog == 0 ? 1 : backlog;
     struct unix_listener *listener = unix_listen(path, &ours);
     *error = errno;
     C_return(listener);"))
(define close-listener
  (foreign-lambda* int ((listener listener))
    "C_return(unix_close(listener) == 0 ? 0 : errno);"))
(define listener-ready (foreign-lambda int "unix_accept_ready" listener))
(define listener-fileno (foreign-lambda int "unix_listener_fileno" listener))
(define listener-path (foreign-lambda c-string "unix_listener_path" listener))
(define accept
  (foreign-lambda* int ((listener listener) (ports ports))
    "C_return(outcome(unix_accept(listener, ports)));"))
(define connect
  (foreign-lambda* int ((c-string path) (ports ports))
    "C_return(outcome(unix_connect(path, &options, ports)));"))
(define pair
  (foreign-lambda* int ((ports one) (ports other))
    "struct unix_ports pair[2];
     if (unix_pair(&options, pair) == -1)
       C_return(errno);
     *one = pair[0];
     *other = pair[1];
     C_return(0);"))
(define get-bytes
  (foreign-lambda* int ((ports ports) (scheme-pointer buffer) (int start)
                        (int end) ((c-pointer int) error))
    "int c, ready = 1, next = start;
     while (*error == 0 && next < end &&
       (ready = unix_input_ready(ports, 0)) == 1 &&
       (c = getc(ports->in)) != EOF)
       ((char *)buffer)[next++] = c;
     if (*error == 0 && (ready == -1 || ferror(ports->in)))
       *error = errno;
     C_return(next == start && ready == 0 ? -1 : next - start);"))
(define put-bytes
  (foreign-lambda* int ((ports ports) (scheme-pointer bytes) (int start)
                        (int length))
    "struct pollfd fd = { .fd = unix_fileno(ports), .events = POLLOUT };
     if (poll(&fd, 1, 0) == 0)
       C_return(-1);
     C_return(fwrite((char *)bytes + start, 1, length, ports->out) ==
       (size_t)length && fflush(ports->out) == 0 ? 0 : errno);"))
;; Not move-memory!, during which CHICKEN's timer can run other threads.
(define copy
  (foreign-lambda* void ((scheme-pointer from) (int start) (int length)
                         (scheme-pointer to) (int end))
    "memmove((char *)to + end, (char *)from + start, length);"))
(define fileno (foreign-lambda int "unix_fileno" ports))
(define input-ready (foreign-lambda int "unix_input_ready" ports int))
(define close-input (foreign-lambda int "unix_close_input" ports))
(define close-output (foreign-lambda int "unix_close_output" ports))
(define close-ports (foreign-lambda int "unix_close_ports" ports))

;; CHICKEN 5.4 has the property errno, too, in its own conditions.
(define (raise kinds location message error arguments)
  (abort (apply condition
                (list 'exn 'message message 'arguments arguments
                      'location location 'errno error
                      'call-chain (get-call-chain))
                kinds)))

(define (fail location what error . arguments)
  (raise '((i/o) (net)) location
         (string-append what " - " (strerror error)) error arguments))

(define (fail-late location operation timeout . arguments)
  (raise '((i/o) (net) (timeout)) location
         (string-append operation " operation timed out") timed-out
         (cons timeout arguments)))

;; A parameter: a number that is not negative, or #f for none.
(define (make-limit name)
  (make-parameter #f
                  (lambda (value)
                    (when value
                      (##sys#check-fixnum value name)
                      (when (fx< value 0)
                        (##sys#signal-hook #:domain-error name
                                           "number is negative" value)))
                    value)))

(define unix-read-timeout (make-limit 'unix-read-timeout))
(define unix-write-timeout (make-limit 'unix-write-timeout))
(define unix-accept-timeout (make-limit 'unix-accept-timeout))
(define unix-connect-timeout (make-limit 'unix-connect-timeout))
(define unix-buffer-size (make-limit 'unix-buffer-size))

;; Run other threads until the DEADLINE, if any, or the next event.
(define (yield-until deadline)
  (when deadline
    (##sys#thread-block-for-timeout! ##sys#current-thread deadline))
  (##sys#thread-yield!))

(define (wait-for fd direction deadline)
  (##sys#thread-block-for-i/o! ##sys#current-thread fd direction)
  (yield-until deadline))

;; No event reports room in the queue of a listener.
(define (pause deadline)
  (let ((next (+ (current-process-milliseconds) 10)))
    (yield-until (if deadline (min next deadline) next))))

;; The result of TRY, called again after each WAIT while it would block; #f
;; after the TIMEOUT.  TRY is called once more after the timeout: other threads
;; can run for longer, and the event may have come in time.
(define (retry try wait timeout)
  (let ((deadline (and timeout (+ (current-process-milliseconds) timeout))))
    (let loop ()
      (let ((result (try)))
        (cond ((not (eq? result would-wait)) result)
              ((and deadline (>= (current-process-milliseconds) deadline)) #f)
              (else (wait deadline) (loop)))))))

;; An input and an output port that own the connected PORTS.  They carry the
;; same data as ports of TCP, which port->fileno and tcp-abandon-port require:
;; the descriptor, and the directions that close without a shutdown.
(define (make-ports ports)
  (let* ((fd (fileno ports))
         (data (vector fd #f #f))
         (open 2))
    (define (close! half abandoned?)
      (unless abandoned? (half ports))
      (set! open (fx- open 1))
      (when (eq? open 0)
        (close-ports ports)
        (free ports)))
    (define (socket-port port)
      (set-port-name! port "(unix)")
      (##sys#setslot port 7 'socket)
      (##sys#set-port-data! port data)
      port)
    (values
     (socket-port
      (input-port ports fd
                  (lambda () (close! close-input (vector-ref data 1)))))
     (socket-port
      (output-port ports fd
                   (lambda () (close! close-output (vector-ref data 2))))))))

;; The bytes from NEXT to END wait to be read, or to be sent.
(define-record-type buffer
  (make-buffer bytes next end)
  buffer?
  (bytes buffer-bytes set-buffer-bytes!)
  (next buffer-next set-buffer-next!)
  (end buffer-end set-buffer-end!))

(define (empty-buffer) (make-buffer (make-string 0) 0 0))

(define (waiting buffer) (fx- (buffer-end buffer) (buffer-next buffer)))

(define (buffer-ref buffer index)
  (string-ref (buffer-bytes buffer) (fx+ (buffer-next buffer) index)))

(define (skip! buffer count)
  (set-buffer-next! buffer (fxmin (fx+ (buffer-next buffer) count)
                                  (buffer-end buffer))))

(define (take! buffer count string start)
  (copy (buffer-bytes buffer) (buffer-next buffer) count string start)
  (skip! buffer count))

;; Make room for COUNT bytes after the end; give back the memory of a long line.
(define (make-room! buffer count)
  (let* ((bytes (buffer-bytes buffer))
         (old (waiting buffer))
         (size (fxmax least-size (fx+ old (fxmax old count)))))
    (when (or (eq? old 0)
              (fx< (fx- (string-length bytes) (buffer-end buffer)) count))
      (unless (eq? size (string-length bytes))
        (set-buffer-bytes! buffer (make-string size)))
      (copy bytes (buffer-next buffer) old (buffer-bytes buffer) 0)
      (set-buffer-next! buffer 0)
      (set-buffer-end! buffer old))))

(define (append! buffer string)
  (let ((length (string-length string)))
    (make-room! buffer length)
    (copy string 0 length (buffer-bytes buffer) (buffer-end buffer))
    (set-buffer-end! buffer (fx+ (buffer-end buffer) length))))

;; The length of the next line, which is LIMIT at most, and of its terminator.
;; (unread? N) is #f if the input ends before N bytes.
(define (measure-line buffer unread? limit)
  (let loop ((length 0))
    (if (or (eq? length limit) (not (unread? (fx+ length 1))))
        (values length 0)
        (case (buffer-ref buffer length)
          ((#\newline) (values length 1))
          ((#\return)
           (values length
                   (if (and (unread? (fx+ length 2))
                            (eq? (buffer-ref buffer (fx+ length 1)) #\newline))
                       2
                       1)))
          (else (loop (fx+ length 1)))))))

;; A line or string leaves the buffer when it is complete, so that an error
;; loses no part of it.
(define (input-port ports fd close!)
  (let-location ((error int 0))
    (let ((open? #t)
          (timeout (unix-read-timeout))
          (buffer (empty-buffer)))
      (define (try)
        (make-room! buffer 1)
        (let ((bytes (buffer-bytes buffer)))
          (if open?
              (get-bytes ports bytes (buffer-end buffer) (string-length bytes)
                         (location error))
              0)))
      (define (more?)                   ; #f at EOF
        (let ((count (retry try (cut wait-for fd #:input <>) timeout)))
          (cond ((not count) (fail-late #f "read" timeout fd))
                ((not (eq? count 0))
                 (set-buffer-end! buffer (fx+ (buffer-end buffer) count))
                 #t)
                ((eq? error 0) #f)
                (else (fail #f "cannot read from socket" error fd)))))
      (define (unread? count)
        (or (fx>= (waiting buffer) count)
            (and (more?) (unread? count))))
      (define (peek)
        (if (unread? 1) (buffer-ref buffer 0) #!eof))
      (define (get)
        (let ((char (peek)))
          (unless (eof-object? char) (skip! buffer 1))
          char))
      (define (ready?)
        (not (and open? (eq? (waiting buffer) 0)
                  (eq? (input-ready ports 0) 0))))
      (define (get-string! port count string start)
        (unread? count)
        (let ((count (fxmin count (waiting buffer))))
          (take! buffer count string start)
          count))
      (define (get-line port limit)
        (let*-values (((measured end) (measure-line buffer unread? limit))
                      ;; Another thread may have read, too.
                      ((length) (fxmin measured (waiting buffer)))
                      ((line) (make-string length)))
          (take! buffer length line 0)
          (skip! buffer end)
          (move-position! port length (not (eq? end 0)))
          (if (and (eq? length 0) (eq? end 0) (not (eq? limit 0)))
              #!eof
              line)))
      (make-input-port
       get ready? (lambda () (set! open? #f) (close!)) peek get-string!
       get-line))))

;; The row and column of port-position, after reading part of a line.
(define (move-position! port length line-ended?)
  (##sys#setislot port 4 (fx+ (##sys#slot port 4) (if line-ended? 1 0)))
  (##sys#setislot port 5 (if line-ended?
                             0
                             (fx+ (##sys#slot port 5) length))))

;; After a failed write all later ones fail, as on ports of the library.
(define (output-port ports fd close!)
  (let ((open? #t)
        (failure #f)
        (timeout (unix-write-timeout))
        (size (or (unix-buffer-size) 0))
        (buffer (empty-buffer))
        (gone 0)       ; the number of bytes that have left the buffer
        (kept 0))      ; that number when all bytes of completed writes have
    (define (drop! count)
      (skip! buffer count)
      (set! gone (fx+ gone count)))
    (define (send-piece!)
      (let* ((count (fxmin piece (waiting buffer)))
             (error (put-bytes ports (buffer-bytes buffer)
                               (buffer-next buffer) count)))
        (when (eq? error 0) (drop! count))
        error))
    (define (progress)
      (let ((before gone))
        (retry (lambda ()
                 (cond ((or failure (not (eq? gone before))) 0)
                       (open? (send-piece!))
                       (else closed)))
               (cut wait-for fd #:output <>) timeout)))
    ;; If several threads write, each sends the first piece of the buffer until
    ;; its own bytes are sent, so that no thread's bytes change their order.
    (define (send! end)
      (unless (or failure (fx>= gone end))
        (let ((error (progress)))
          (unless (eq? error 0)
            (set! failure (or error timed-out))
            (drop! (waiting buffer)))
          (send! end))))
    (define (report)
      (cond ((not failure))
            ((eq? failure timed-out) (fail-late #f "write" timeout fd))
            (else (fail #f "cannot write to socket" failure fd))))
    (define (end) (fx+ gone (waiting buffer)))
    (define (flush)
      (send! (end))
      (report))
    (define (put string)
      (report)
      (append! buffer string)
      (if (fx< (waiting buffer) size)
          (set! kept (end))
          (flush)))
    ;; A write of another thread that still waits fails then.
    (define (close)
      (let ((unsent? (fx< gone kept)))
        (send! kept)
        (set! open? #f)
        (close!)
        (when unsent? (report))))
    (make-output-port put close flush)))

(define (open-ports location operation try wait timeout . arguments)
  (let* ((ports (allocate ports-size))
         (error (retry (lambda () (try ports)) wait timeout)))
    (cond ((eq? error 0) (make-ports ports))
          (else
           (free ports)
           (if error
               (apply fail location (string-append "cannot " operation) error
                      arguments)
               (apply fail-late location operation timeout arguments))))))

(define-record-type unix-listener
  (make-listener socket)
  unix-listener?
  (socket listener-socket set-listener-socket!))

(set-record-printer! unix-listener
  (lambda (listener port)
    (let ((socket (listener-socket listener)))
      (fprintf port "#<unix-listener ~A>"
               (if socket (listener-path socket) "(closed)")))))

(define (open-socket location listener)
  (or (listener-socket listener)
      (fail location "listener is closed" closed listener)))

(define (unix-listen path #!optional (backlog 10))
  (let-location ((error int))
    (let ((socket (listen path backlog (location error))))
      (if socket
          (make-listener socket)
          (fail 'unix-listen "cannot listen" error path)))))

(define (unix-close listener)
  (let ((socket (open-socket 'unix-close listener)))
    (set-listener-socket! listener #f)
    (let ((error (close-listener socket)))
      (unless (eq? error 0)
        (fail 'unix-close "cannot close" error listener)))))

(define (unix-accept listener)
  (let ((fd (unix-listener-fileno listener)))
    (open-ports 'unix-accept "accept"
                (lambda (ports)
                  (let ((socket (listener-socket listener)))
                    (if socket (accept socket ports) closed)))
                (cut wait-for fd #:input <>) (unix-accept-timeout) listener)))

(define (unix-accept-ready? listener)
  (eq? 1 (listener-ready (open-socket 'unix-accept-ready? listener))))

(define (unix-connect path)
  (open-ports 'unix-connect "connect"
              (lambda (ports) (connect path ports))
              pause (unix-connect-timeout) path))

(define (unix-listener-fileno listener)
  (listener-fileno (open-socket 'unix-listener-fileno listener)))

(define (unix-listener-path listener)
  (listener-path (open-socket 'unix-listener-path listener)))

(define (unix-pair)
  (let* ((one (allocate ports-size))
         (other (allocate ports-size))
         (error (pair one other)))
    (unless (eq? error 0)
      (free one)
      (free other)
      (fail 'unix-pair "cannot make a pair" error))
    (let-values (((in out) (make-ports one))
                 ((in2 out2) (make-ports other)))
      (values in out in2 out2))))

)
