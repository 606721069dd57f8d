;; SPDX-License-Identifier: BSD-2-Clause
;; The egg unix-sockets for CHICKEN 5: listeners and guarded ports of
;; libunixport as CHICKEN's.  A call that has to wait blocks one thread only.

(declare (uses scheduler) (disable-interrupts))

(module unix-sockets
  (unix-listen unix-listener? unix-close unix-accept unix-accept-ready?
   unix-connect unix-listener-fileno unix-listener-path unix-pair)

(import scheme (chicken base) (chicken condition) (chicken fixnum)
        (chicken foreign) (chicken format) (chicken memory) (chicken port)
        (chicken time))

#>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unixport.h>

/* A blocking call would block all threads of CHICKEN; connect has 10 ms. */
static const struct unix_options options = { .flags = UNIX_GUARDED |
    UNIX_UNTIED, .accept_timeout = -1, .connect_timeout = 10 };
<#

;; Returned by the calls below if they would block.
(define-constant would-wait -1)
;; A writable socket accepts this number of bytes on every system.
(define-constant piece 2048)
(define-constant buffer-size 4096)

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
    "C_return(unix_accept(listener, ports) == 0 ? 0 : errno);"))
(define connect
  (foreign-lambda* int ((c-string path) (ports ports))
    "C_return(unix_connect(path, &options, ports) == 0 ? 0 : errno);"))
(define pair
  (foreign-lambda* int ((ports one) (ports other))
    "struct unix_ports pair[2];
     if (unix_pair(&options, pair) == -1)
       C_return(errno);
     *one = pair[0];
     *other = pair[1];
     C_return(0);"))
(define get-bytes
  (foreign-lambda* int ((ports ports) (scheme-pointer buffer) (int size)
                        ((c-pointer int) error))
    "int c, ready = 1, length = 0;
     while (*error == 0 && length < size &&
       (ready = unix_input_ready(ports, 0)) == 1 &&
       (c = getc(ports->in)) != EOF)
       ((char *)buffer)[length++] = c;
     if (*error == 0 && (ready == -1 || ferror(ports->in)))
       *error = errno;
     C_return(length == 0 && ready == 0 ? -1 : length);"))
(define put-bytes
  (foreign-lambda* int ((ports ports) (scheme-pointer bytes) (int start)
                        (int length))
    "struct pollfd fd = { .fd = unix_fileno(ports), .events = POLLOUT };
     if (poll(&fd, 1, 0) == 0)
       C_return(-1);
     C_return(fwrite((char *)bytes + start, 1, length, ports->out) ==
       (size_t)length && fflush(ports->out) == 0 ? 0 : errno);"))
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

;; Run other threads until the descriptor may be ready.
(define (wait-for fd direction)
  (##sys#thread-block-for-i/o! ##sys#current-thread fd direction)
  (##sys#thread-yield!))

(define (pause)
  (##sys#thread-block-for-timeout!
   ##sys#current-thread (+ (current-process-milliseconds) 10))
  (##sys#thread-yield!))

;; An input and an output port that own the connected PORTS.  They carry the same
;; data as ports of TCP, which port->fileno and tcp-abandon-port require: the
;; descriptor, and the directions that close without a shutdown.
(define (make-ports ports)
  (let* ((fd (fileno ports))
         (data (vector fd #f #f))
         (open 2))
    ;; No output is buffered, so that closing has no error to report.
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

(define (input-port ports fd close!)
  (let-location ((error int 0))
    (let ((open? #t)
          (buffer (make-string buffer-size))
          (next 0)
          (end 0))
      (define (more?)                   ; #f at EOF
        (or (fx< next end)
            (and open?
                 (let ((count (get-bytes ports buffer buffer-size
                                         (location error))))
                   (cond ((eq? count would-wait)
                          (wait-for fd #:input)
                          (more?))
                         ((not (eq? count 0))
                          (set! next 0)
                          (set! end count)
                          #t)
                         ((eq? error 0) #f)
                         (else
                          (fail #f "cannot read from socket" error fd)))))))
      (define (peek)
        (if (more?) (string-ref buffer next) #!eof))
      (define (get)
        (let ((char (peek)))
          (set! next (fxmin (fx+ next 1) end))
          char))
      (define (ready?)
        (not (and open? (eq? next end) (eq? (input-ready ports 0) 0))))
      (define (get-string! port count string start)
        (let ((count (if (more?) (fxmin count (fx- end next)) 0)))
          (move-memory! buffer string count next start)
          (set! next (fx+ next count))
          count))
      (make-input-port
       get ready? (lambda () (set! open? #f) (close!)) peek get-string!))))

(define (output-port ports fd close!)
  (let ((open? #t))
    (define (put string start)
      (let* ((count (fxmin piece (fx- (string-length string) start)))
             (error (if open? (put-bytes ports string start count) closed)))
        (cond ((eq? error would-wait)
               (wait-for fd #:output)
               (put string start))
              ((not (eq? error 0)) (fail #f "cannot write to socket" error fd))
              ((fx< (fx+ start count) (string-length string))
               (put string (fx+ start count))))))
    (make-output-port (lambda (string) (put string 0))
                      (lambda () (set! open? #f) (close!)))))

;; Ports from TRY, called again after each REST while it would block.
(define (open-ports location what try rest . arguments)
  (let ((ports (allocate ports-size)))
    (let loop ()
      (let ((error (try ports)))
        (cond ((eq? error 0) (make-ports ports))
              ((eq? error timed-out) (rest) (loop))
              (else
               (free ports)
               (apply fail location what error arguments)))))))

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
    (open-ports 'unix-accept "cannot accept"
                (lambda (ports)
                  (let ((socket (listener-socket listener)))
                    (if socket (accept socket ports) closed)))
                (lambda () (wait-for fd #:input))
                listener)))

(define (unix-accept-ready? listener)
  (eq? 1 (listener-ready (open-socket 'unix-accept-ready? listener))))

(define (unix-connect path)
  (open-ports 'unix-connect "cannot connect"
              (lambda (ports) (connect path ports)) pause path))

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
