/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a path, as src/path/ implements it on Linux: starters of the
 * library beside other programs.  Every step is a system call, and a process
 * may be killed between any two of them.  A file is its inode number, which the
 * system assigns again as soon as no name, socket or descriptor has it.  The
 * temporary name by which a long name is bound is left out.
 *
 * The claim: a live socket keeps its name, unless a program that unlinks
 * without an examination has removed it, and no process waits for ever.
 * run.sh lists the configurations:
 *
 *	STARTERS, BINDERS	processes of the library, programs that bind
 *	UNLINKERS		programs that unlink, then bind
 *	ROUNDS			starts of each starter and binder
 *	KILL_INSIDE		a starter may be killed between the rename(2) to
 *				a private name and the end of the removal
 *	BY_NAME			1.0.0: a file is examined, then its name removed
 *	NO_LOCK, NO_UNLOCK, NO_PIN, ONE_PROOF, NAME_FIRST,
 *	FAILURE_WITHOUT_LOCK	mistakes
 */
#ifndef STARTERS
#define STARTERS	1
#endif
#ifndef BINDERS
#define BINDERS		0
#endif
#ifndef UNLINKERS
#define UNLINKERS	0
#endif
#ifndef ROUNDS
#define ROUNDS		1
#endif
#ifndef KILL_INSIDE
#define KILL_INSIDE	0
#endif

#define INODES	(2 + 2 * STARTERS + BINDERS + UNLINKERS)	/* maximum */

#define FREE	0	/* no file */
#define MADE	1	/* bind(2) has made it, the socket is not registered */
#define LIVE	2
#define DEAD	3	/* the socket is closed */


byte path;			/* the inode at the path, or 0 */
byte aside[STARTERS];		/* the inode at each starter's private name */
byte state[INODES + 1];
bool named[INODES + 1];		/* at the path, or at a private name */
byte opened[INODES + 1];	/* by starters */
bool robbed[INODES + 1];	/* its name was removed by an unlinker */
bool directory_busy;		/* the kernel's lock of the directory */
bool locked;			/* flock(2) of the directory */

mtype = { start, program };	/* in counterexamples */

/* The number of an inode that no process can reach is free again. */
inline release(i)
{
	if
	:: !named[i] && opened[i] == 0 && state[i] == DEAD ->
		state[i] = FREE; robbed[i] = false
	:: else
	fi
}

inline unname(i)
{
	named[i] = false;
	release(i)
}

inline close_socket(i)
{
	atomic {
		state[i] = DEAD;
		release(i);
		i = 0
	}
}

inline open_file(i, from)
{
	atomic {
		i = from;
		if
		:: i != 0 -> opened[i]++
		:: else
		fi
	}
}

inline close_file(i)
{
	atomic {
		if
		:: i != 0 -> opened[i]--; release(i); i = 0
		:: else
		fi
	}
}

/*
 * Whether a probe, connect(2) of another socket type, fails with ECONNREFUSED.
 */
#define is_stale(i)	(state[i] != LIVE)

/*
 * bind(2) holds the lock of the directory until the socket is registered:
 * unlink(2), rename(2) and link(2) there wait, open(2) and connect(2) do not.
 * SOCKET is the inode, or 0: EADDRINUSE.
 */
inline bind(socket, kind)
{
	atomic {
		!directory_busy;
		if
		:: path != 0 ->
			socket = 0;
			printf("%e %d: bind(2): file %d is there\n", kind, _pid,
			    path)
		:: else ->
			socket = 1;
			do
			:: state[socket] != FREE -> socket++
			:: else -> break
			od;
			assert(socket <= INODES);
			state[socket] = MADE;
			named[socket] = true;
			path = socket;
			directory_busy = true;
			printf("%e %d: bind(2) makes file %d\n", kind, _pid,
			    socket)
		fi
	}
	if
	:: socket != 0 ->
		atomic { state[socket] = LIVE; directory_busy = false }
	:: else
	fi
}

inline unlock()
{
#ifdef NO_UNLOCK
	holds_lock = false
#else
	if :: holds_lock -> locked = false; holds_lock = false :: else fi
#endif
}

#define may_be_killed \
	if :: goto killed :: skip fi
#define may_be_killed_inside \
	if :: KILL_INSIDE -> goto killed :: skip fi

/* A starter may remove a stale file, and its OWN when it closes its socket. */
#define may_remove(i, own)	((i) == (own) || state[i] == DEAD)

/* unlink(2) of the file I at the private name NUMBER, which is used once. */
inline unlink_private(number, i, own)
{
	atomic {
		!directory_busy;
		if
		:: aside[number] == i ->
			printf("start %d: unlinks file %d\n", _pid, i);
			assert(may_remove(i, own));
			unname(i);
			aside[number] = 0
		:: else
		fi
	}
}

/* rename(2) that does not replace: if the path is in use, the file stays. */
inline put_back(number, i)
{
	atomic {
		!directory_busy;
		if
		:: aside[number] == i && path == 0 ->
			printf("start %d: puts file %d back\n", _pid, i);
			path = i; aside[number] = 0
		:: aside[number] == i && path != 0 ->
			printf("start %d: cannot put file %d back\n", _pid, i)
		:: else
		fi
	}
}

/* Removes any file at the path. */
inline unlink_path(own)
{
	atomic {
		!directory_busy;
		if
		:: path != 0 ->
			printf("start %d: unlinks file %d\n", _pid, path);
			assert(may_remove(path, own));
			unname(path);
			path = 0
		:: else
		fi
	}
}

/*
 * removal.c: removes the file EXPECTED from the path, and no other.  VANISHED
 * is set if another starter has removed the file from the private name.
 */
inline remove_file(expected, own)
{
#ifdef BY_NAME
	unlink_path(own);
	vanished = false
#else
	atomic {
		!directory_busy;
		caught = (path != 0 && aside[me] == 0);
		vanished = false;
		if
		:: caught ->
			printf("start %d: moves file %d aside\n", _pid, path);
			aside[me] = path; path = 0
		:: else
		fi
	}
	if
	:: caught ->
		may_be_killed_inside;
		atomic { found = aside[me]; vanished = (found == 0) }
		may_be_killed_inside;
		if
		:: found == 0
		:: found != 0 && found != expected -> put_back(me, found)
		:: found != 0 && found == expected ->
			unlink_private(me, found, own)
		fi;
		found = 0; caught = false
	:: else
	fi
#endif
}

/*
 * recovery.c: files that killed starters have left at private names.  One probe
 * is sufficient, since the rename(2) to the private name has waited for
 * bind(2).
 */
inline recover()
{
	do
	:: number == STARTERS -> break
	:: number < STARTERS && aside[number] == 0 -> number++
	:: number < STARTERS && aside[number] != 0 ->
		open_file(file, aside[number]);
		may_be_killed;
		if
		:: file == 0
		:: file != 0 && is_stale(file) ->
			may_be_killed;
			unlink_private(number, file, 0)
		:: file != 0 && !is_stale(file) ->
			may_be_killed;
			put_back(number, file)
		fi;
		close_file(file);
		number++
	od;
	number = 0
}

proctype starter(byte me)
{
	byte socket;		/* of this process */
	byte file;		/* that the process has open */
	byte expected;		/* the number of the proved file */
	byte found, number, rounds = ROUNDS;
	bool caught, vanished, holds_lock;

again:
	rounds--;
	recover();
	may_be_killed;
	bind(socket, start);
	may_be_killed;
	if :: socket != 0 -> goto bound :: else fi;

	/* reclaim.c: the lock is not required to detect a live socket. */
	open_file(file, path);
	may_be_killed;
	if
	:: file == 0 -> bind(socket, start); goto reclaimed
	:: file != 0 && !is_stale(file) -> goto reclaimed
	:: file != 0 && is_stale(file)
	fi;
	close_file(file);
	may_be_killed;
#ifndef NO_LOCK
	atomic { !locked; locked = true; holds_lock = true }
	may_be_killed;
#endif

	/* The first proof. */
	open_file(file, path);
	may_be_killed;
	if
	:: file == 0 -> bind(socket, start); goto reclaimed
	:: file != 0 && !is_stale(file) -> goto reclaimed
	:: file != 0 && is_stale(file) ->
		printf("start %d: proves file %d stale\n", _pid, file)
	fi;
	expected = file;
#ifdef NO_PIN
	close_file(file);
#endif
	may_be_killed;
#ifndef ONE_PROOF
	/*
	 * The second proof, after bind(2), which has waited for a bind(2) of
	 * another process.  The path is examined last: a server that has closed
	 * its socket since the first proof has removed its name before.
	 */
	bind(socket, start);
	may_be_killed;
	if :: socket != 0 -> goto reclaimed :: else fi;
#ifdef NAME_FIRST
	if :: path != expected -> goto reclaimed :: else fi;
	may_be_killed;
#endif
	if :: !is_stale(expected) -> goto reclaimed :: else fi;
	may_be_killed;
#ifndef NAME_FIRST
	if :: path != expected -> goto reclaimed :: else fi;
	may_be_killed;
#endif
#endif
	remove_file(expected, 0);
	may_be_killed;
	bind(socket, start);

reclaimed:
	may_be_killed;
	close_file(file);
	expected = 0;
	unlock();
	if :: socket == 0 -> goto ended :: else fi;

bound:
	may_be_killed;
	/* claim.c: a displaced starter removes no live socket. */
	if
	:: path == socket
	:: goto displaced	/* or a call that examines the file fails */
	fi;

	/*
	 * It serves for ever, is killed, or closes: the file before the socket.
	 */
	if
	:: goto ended
	:: goto killed
	:: skip
	fi;
	do
	:: path != socket -> break
	:: path == socket ->
		remove_file(socket, socket);
		if :: vanished :: !vanished -> break fi
	od;
	may_be_killed;
	close_socket(socket);
	goto next;

displaced:
	close_socket(socket);
	/*
	 * Removes its own file or another stale one; does not wait for the
	 * lock.
	 */
#if !defined(NO_LOCK) && !defined(FAILURE_WITHOUT_LOCK)
	atomic {
		if
		:: !locked -> locked = true; holds_lock = true
		:: locked -> goto next
		fi
	}
	may_be_killed;
#endif
	open_file(file, path);
	may_be_killed;
	if :: file == 0 || !is_stale(file) -> goto examined :: else fi;
	may_be_killed;
#ifndef ONE_PROOF
	!directory_busy;		/* link(2) waits */
	may_be_killed;
	if :: !is_stale(file) -> goto examined :: else fi;
	may_be_killed;
	if :: path != file -> goto examined :: else fi;
	may_be_killed;
#endif
	expected = file;
	remove_file(expected, 0);
examined:
	may_be_killed;
	close_file(file);
	expected = 0;
	unlock();
	goto next;

killed:
	atomic {
		printf("start %d: is killed\n", _pid);
		if
		:: holds_lock -> locked = false; holds_lock = false
		:: else
		fi;
		if
		:: socket != 0 -> state[socket] = DEAD; release(socket)
		:: else
		fi;
		if
		:: file != 0 -> opened[file]--; release(file)
		:: else
		fi;
		socket = 0; file = 0; expected = 0; found = 0; number = 0;
		caught = false; vanished = false
	}
next:
	if
	:: rounds > 0 -> goto again
	:: skip
	fi;
ended:
	skip
}

/* A program that binds, and takes no lock; it removes only its own file. */
proctype binder()
{
	byte socket, rounds = ROUNDS;

again:
	rounds--;
	bind(socket, program);
	if
	:: socket == 0 -> goto ended
	:: socket != 0 -> goto ended		/* serves for ever */
	:: socket != 0				/* is killed */
	:: socket != 0 ->			/* closes */
		atomic {
			!directory_busy;
			if
			:: path == socket ->
				printf("program %d: unlinks its file %d\n", _pid,
				    socket);
				path = 0; unname(socket)
			:: else
			fi
		}
	fi;
	close_socket(socket);
	if
	:: rounds > 0 -> goto again
	:: skip
	fi;
ended:
	skip
}

/* A program that unlinks any file at the path, and binds. */
proctype unlinker()
{
	byte socket;

	atomic {
		!directory_busy;
		if
		:: path != 0 ->
			printf("program %d: unlinks file %d\n", _pid, path);
			robbed[path] = true; unname(path); path = 0
		:: else
		fi
	}
	bind(socket, program);
	if
	:: socket != 0 -> close_socket(socket)
	:: skip
	fi
}

init
{
	byte i;

	atomic {
		if
		:: path = 1; state[1] = DEAD; named[1] = true	/* stale */
		:: skip
		fi;
		do
		:: i < STARTERS -> run starter(i); i++
		:: else -> break
		od;
		do
		:: i < STARTERS + BINDERS -> run binder(); i++
		:: else -> break
		od;
		do
		:: i < STARTERS + BINDERS + UNLINKERS -> run unlinker(); i++
		:: else -> break
		od;
		i = 1
	}
	_nr_pr == 1;
	atomic {
		do
		:: i > INODES -> break
		:: i <= INODES && state[i] == LIVE && path != i ->
			printf("file %d, live, has lost its name\n", i);
			assert(robbed[i]); i++
		:: else -> i++
		od
	}
}
