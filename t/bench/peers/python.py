# SPDX-License-Identifier: BSD-2-Clause
"""Python: files by socket.makefile(), of bytes, with buffers of BUFFER bytes.

Lines are read by iteration, as Python's manual recommends.  The server is
asyncio's: socketserver's, with a thread for each client, has half its rate.
"""
import asyncio
import itertools
import socket
import sys
import time

LINE = b"0123456789012345678901234567890\n"
PIECE = bytes(65536)
BUFFER = 192 * 1024


def need(true):
    if not true:
        sys.exit("peers: what came has changed")


def timed(get, count):
    get(count // 16 + 1)
    start = time.monotonic()
    get(count)
    print("%.9f" % (time.monotonic() - start))


def put_lines(into, out, count):
    for _ in range(count + count // 16 + 1):
        out.write(LINE)


def get_lines(into, out, count):
    def get(n):
        for line in itertools.islice(into, n):
            need(len(line) == len(LINE))
    timed(get, count)


def put_pieces(into, out, count):
    for _ in range(count + count // 16 + 1):
        out.write(PIECE)


def get_pieces(into, out, count):
    def get(n):
        for _ in range(n):
            need(len(into.read(len(PIECE))) == len(PIECE))
    timed(get, count)


def ask(into, out, count):
    def go(n):
        for _ in range(n):
            out.write(LINE)
            out.flush()
            need(into.readline() == LINE)
    timed(go, count)


def answer(into, out, count):
    for _ in range(count + count // 16 + 1):
        need(into.readline() == LINE)
        out.write(LINE)
        out.flush()


async def echo(into, out):
    out.write(await into.readline())
    await out.drain()
    out.close()


async def serve(path):
    server = await asyncio.start_unix_server(echo, path, backlog=128)
    await server.serve_forever()


PARTS = {"put-lines": put_lines, "get-lines": get_lines,
         "put-pieces": put_pieces, "get-pieces": get_pieces,
         "ask": ask, "answer": answer}

part, amount = sys.argv[1:]
if part == "serve":
    asyncio.run(serve(amount))
else:
    with socket.socket(fileno=0) as end, end.makefile("rb", BUFFER) as into, \
            end.makefile("wb", BUFFER) as out:
        PARTS[part](into, out, int(amount))
