/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls that can fail, each with every errno that its manual page or the
 * source of the kernel specifies for the arguments of the library.  fcntl(2) is
 * listed by its commands.  Errors that only an invalid call causes, such as
 * EFAULT and EBADF, are omitted.  open(2) does not fail with EINTR, since
 * O_PATH never blocks; openat(2) can, since the directory that is locked may be
 * on FUSE.
 */
#ifndef CALLS_H
#define CALLS_H

#define CALLS(CALL) \
	CALL(__uflow, EIO, EINTR, EAGAIN, ECONNRESET, ETIMEDOUT, ENOMEM) \
	CALL(accept4, EAGAIN, EINTR, ECONNABORTED, EMFILE, ENFILE, ENOBUFS, \
	    ENOMEM, EPERM) \
	CALL(bind, EACCES, EADDRINUSE, EIO, ELOOP, ENOENT, ENOMEM, ENOSPC, \
	    ENOTDIR, EPERM, EROFS) \
	CALL(chmod, EACCES, EIO, ENOENT, ENOMEM, EPERM, EROFS) \
	CALL(close, EINTR, EIO) \
	CALL(connect, EACCES, EAGAIN, ECONNREFUSED, EINTR, ELOOP, ENOENT, \
	    ENOMEM, ENOTDIR, EPERM, EPROTOTYPE) \
	CALL(dup3, EBUSY, EINTR, EMFILE) \
	CALL(F_DUPFD_CLOEXEC, EINVAL, EMFILE, ENFILE, ENOMEM) \
	CALL(F_GETFD, EACCES, EPERM) \
	CALL(F_GETFL, EACCES, EPERM) \
	CALL(F_SETFD, EACCES, EPERM) \
	CALL(F_SETFL, EACCES, EPERM) \
	CALL(faccessat, EACCES, EIO, ENOENT, ENOMEM, EROFS) \
	CALL(fchmod, EINVAL, EIO, EPERM, EROFS) \
	CALL(fchmodat, EACCES, EIO, ENOENT, ENOMEM, ENOSYS, EOPNOTSUPP, \
	    EPERM, EROFS) \
	CALL(fchownat, EACCES, EIO, ENOENT, ENOMEM, EPERM, EROFS) \
	CALL(fclose, EIO, EINTR) \
	CALL(fdopen, EMFILE, ENOMEM) \
	CALL(fdopendir, ENOMEM) \
	CALL(fflush, EAGAIN, ECONNRESET, EINTR, EIO, ENOMEM, EPIPE) \
	CALL(flock, EINTR, EINVAL, ENOLCK, ENOMEM, EOPNOTSUPP, EWOULDBLOCK) \
	CALL(fopencookie, ENOMEM) \
	CALL(fread, EIO, EINTR, EAGAIN, ECONNRESET, ETIMEDOUT, ENOMEM) \
	CALL(fstat, EACCES, EIO, ENOMEM) \
	CALL(fstatat, EACCES, EIO, ENOENT, ENOMEM) \
	CALL(fstatfs, EINTR, EIO, ENOMEM, ENOSYS) \
	CALL(fwrite, EAGAIN, ECONNRESET, EINTR, EIO, ENOMEM, EPIPE) \
	CALL(getc_unlocked, EIO, EINTR, EAGAIN, ECONNRESET, ETIMEDOUT, \
	    ENOMEM) \
	CALL(getpeername, ENOBUFS, ENOTCONN) \
	CALL(getsockname, ENOBUFS) \
	CALL(getsockopt, EACCES, ENOMEM, ENOPROTOOPT) \
	CALL(ioctl, EMFILE, ENFILE, ENOENT, ENOMEM, EPERM) \
	CALL(linkat, EACCES, EEXIST, EIO, ENOENT, ENOSPC, EPERM, EROFS) \
	CALL(listen, EACCES, EADDRINUSE, EOPNOTSUPP) \
	CALL(lstat, EACCES, EIO, ELOOP, ENOENT, ENOMEM, ENOTDIR) \
	CALL(madvise, EAGAIN, EINVAL, ENOMEM) \
	CALL(malloc, ENOMEM) \
	CALL(mkdir, EACCES, EEXIST, EIO, ENOENT, ENOSPC, EROFS) \
	CALL(mknodat, EACCES, EEXIST, EIO, ENOENT, ENOSPC, EPERM, EROFS) \
	CALL(mmap, EAGAIN, ENOMEM, EPERM) \
	CALL(munmap, ENOMEM) \
	CALL(nanosleep, EINTR, EPERM) \
	CALL(open, EACCES, EIO, ELOOP, EMFILE, ENFILE, ENOENT, ENOMEM, \
	    ENOTDIR) \
	CALL(openat, EACCES, EINTR, EIO, ELOOP, EMFILE, ENFILE, ENOENT, \
	    ENOMEM, ENOTDIR) \
	CALL(pipe2, EMFILE, ENFILE) \
	CALL(poll, EINTR, EINVAL, ENOMEM) \
	CALL(posix_spawn_file_actions_adddup2, EBADF, ENOMEM) \
	CALL(posix_spawn_file_actions_init, ENOMEM) \
	CALL(posix_spawnattr_init, ENOMEM) \
	CALL(posix_spawnattr_setflags, EINVAL) \
	CALL(posix_spawnattr_setsigdefault, EINVAL) \
	CALL(posix_spawnattr_setsigmask, EINVAL) \
	CALL(posix_spawnp, E2BIG, EACCES, EAGAIN, EIO, ELOOP, EMFILE, \
	    ENOENT, ENOEXEC, ENOMEM, EPERM, ETXTBSY) \
	CALL(pthread_atfork, ENOMEM) \
	CALL(pthread_attr_init, ENOMEM) \
	CALL(pthread_attr_setstacksize, EINVAL) \
	CALL(pthread_create, EAGAIN, EPERM) \
	CALL(read, EAGAIN, EINTR, EIO) \
	CALL(readdir, EIO) \
	CALL(realloc, ENOMEM) \
	CALL(realpath, EACCES, EIO, ELOOP, ENOENT, ENOMEM, ENOTDIR) \
	CALL(recv, EAGAIN, ECONNRESET, EINTR, ENOMEM) \
	CALL(recvmsg, EAGAIN, ECONNRESET, EINTR, ENOMEM) \
	CALL(renameat, EACCES, EBUSY, EIO, ENOENT, ENOSPC, EPERM, EROFS) \
	CALL(rmdir, EIO) \
	CALL(send, EAGAIN, ECONNRESET, EINTR, ENOBUFS, ENOMEM, EPIPE) \
	CALL(sendmsg, EAGAIN, ECONNRESET, EINTR, ENOBUFS, ENOMEM, EPIPE, \
	    ETOOMANYREFS) \
	CALL(sendto, EACCES, EAGAIN, ECONNREFUSED, EINTR, EMSGSIZE, ENOBUFS, \
	    ENOENT, ENOMEM) \
	CALL(setsockopt, EDOM, ENOMEM, ENOPROTOOPT, EPERM) \
	CALL(setvbuf, ENOMEM) \
	CALL(shutdown, ENOBUFS, ENOTCONN) \
	CALL(socket, EACCES, EAFNOSUPPORT, EMFILE, ENFILE, ENOBUFS, ENOMEM) \
	CALL(socketpair, EACCES, EAFNOSUPPORT, EMFILE, ENFILE, ENOMEM) \
	CALL(stat, EACCES, EIO, ELOOP, ENOENT, ENOMEM, ENOTDIR) \
	CALL(strdup, ENOMEM) \
	CALL(strndup, ENOMEM) \
	CALL(syscall, EACCES, EEXIST, EINVAL, EIO, ENOENT, ENOMEM, ENOSPC, \
	    ENOSYS, EROFS) \
	CALL(unlinkat, EACCES, EBUSY, EIO, ENOENT, ENOMEM, EPERM, EROFS) \
	CALL(write, EAGAIN, EINTR, ENOMEM)

#define CALL_NUMBER(name, ...)	CALL_##name,

enum call {
	CALLS(CALL_NUMBER)
	CALL_COUNT
};

#undef CALL_NUMBER

#define MAX_ERRORS	12

struct row {
	const char *name;
	int errors[MAX_ERRORS];	/* up to a 0 */
};

extern const struct row calls[CALL_COUNT];

#endif
