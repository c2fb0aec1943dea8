#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""liar.py DIRECTORY SAYS HAS: a stick as FUSE file DIRECTORY/disk that says it has SAYS bytes and keeps the first HAS of them.

What is written behind them is taken without a word and reads as zeros, as sold with a wrong label. Put a loop device on it.
"""
import ctypes
import errno
import os
import struct
import sys

directory, says, has = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
device = os.open("/dev/fuse", os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
options = b"fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other" % device
if libc.mount(b"liar", directory.encode(), b"fuse", 2 | 4, options) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
kept = bytearray(has)
LOOKUP, FORGET, GETATTR, SETATTR, OPEN, READ, WRITE, STATFS, RELEASE, FSYNC, FLUSH, INIT = 1, 2, 3, 4, 14, 15, 16, 17, 18, 20, 25, 26
ACCESS, INTERRUPT, DESTROY, BATCH_FORGET = 34, 36, 38, 42


def answer(unique, body=b"", error=0):
    try:
        os.write(device, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)
    except OSError:
        pass


def attributes(node):
    mode, size = (0o040755, 0) if node == 1 else (0o100644, says)
    return struct.pack("<6Q10I", node, size, (size + 511) // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def serve(message):
    _, opcode, unique, node = struct.unpack_from("<IIQQ", message)
    body = message[40:]
    if opcode in (FORGET, BATCH_FORGET, INTERRUPT):
        return
    if opcode == INIT:
        major, minor, ahead = struct.unpack_from("<III", body)
        answer(unique, struct.pack("<IIIIHHIIHHII6I", 7, min(minor, 31), ahead, 0, 16, 12, 1 << 17, 1, 0, 0, 0, 0, *[0] * 6))
    elif opcode == LOOKUP:
        if body.rstrip(b"\0") == b"disk" and node == 1:
            answer(unique, struct.pack("<QQQQII", 2, 0, 0, 0, 0, 0) + attributes(2))
        else:
            answer(unique, error=errno.ENOENT)
    elif opcode in (GETATTR, SETATTR):
        answer(unique, struct.pack("<QII", 0, 0, 0) + attributes(node))
    elif opcode == OPEN:
        answer(unique, struct.pack("<QII", 1, 1, 0))  # FOPEN_DIRECT_IO: nothing is cached on the way
    elif opcode == READ:
        _, start, count = struct.unpack_from("<QQI", body)
        count = max(0, min(count, says - start))
        answer(unique, bytes(kept[start:start + count]).ljust(count, b"\0"))
    elif opcode == WRITE:
        _, start, count = struct.unpack_from("<QQI", body)
        data = body[40:40 + count]
        part = data[:max(0, has - start)]
        kept[start:start + len(part)] = part
        answer(unique, struct.pack("<II", count, 0))
    elif opcode == STATFS:
        answer(unique, struct.pack("<5Q4I6I", 1 << 20, 0, 0, 1, 0, 4096, 255, 4096, 0, *[0] * 6))
    elif opcode in (RELEASE, FSYNC, FLUSH, ACCESS, DESTROY):
        answer(unique)
    else:
        answer(unique, error=errno.ENOSYS)


while True:
    try:
        serve(os.read(device, (1 << 17) + 8192))
    except OSError as error:
        if error.errno == errno.ENODEV:
            break
        if error.errno not in (errno.EINTR, errno.EAGAIN, errno.ENOENT):
            raise
