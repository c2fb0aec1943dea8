#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""medium.py DIRECTORY FILE WAY OFFSET: a medium with one file on it that misbehaves when that byte of it is read.

  error     reading it is an input/output error, each time
  pulled    from then on everything is: somebody pulled the stick
  changed   the byte is another one from the second time on
  lying     the byte is another one the first time, and right from then on
  slow      the answer takes five seconds
  hangs     the answer never comes, until the medium is gone

It speaks FUSE itself (linux/fuse.h): what a library or the page cache would do with a fault is not what a stick does.
"""
import ctypes
import errno
import os
import struct
import sys
import threading
import time

directory, path, way, offset = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
with open(path, "rb") as file:
    content = file.read()
name = os.path.basename(path).encode()
device = os.open("/dev/fuse", os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
options = b"fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other" % device
if libc.mount(b"medium", directory.encode(), b"fuse", 1 | 2 | 4, options) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))

LOOKUP, FORGET, GETATTR, OPEN, READ, STATFS, RELEASE, FLUSH, INIT = 1, 2, 3, 14, 15, 17, 18, 25, 26
OPENDIR, READDIR, RELEASEDIR, ACCESS, INTERRUPT, DESTROY, BATCH_FORGET = 27, 28, 29, 34, 36, 38, 42
state = {"reads": 0, "pulled": False}


def attributes(node):
    mode, size = (0o040755, 0) if node == 1 else (0o100644, len(content))
    return struct.pack("<6Q10I", node, size, (size + 511) // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def answer(unique, body=b"", error=0):
    try:
        os.write(device, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)
    except OSError:
        pass


def read(unique, start, count):
    data = content[start:start + count]
    if start <= offset < start + len(data):
        state["reads"] += 1
        first = state["reads"] == 1
        if way == "error":
            return answer(unique, error=errno.EIO)
        if way == "pulled":
            state["pulled"] = True
            return answer(unique, error=errno.EIO)
        if way == "hangs":
            return None
        if way == "slow" and first:
            time.sleep(5)
        if (way == "changed" and not first) or (way == "lying" and first):
            at = offset - start
            data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
    return answer(unique, data)


def entries(start):
    out = b""
    for number, (node, kind, text) in enumerate([(1, 4, b"."), (1, 4, b".."), (2, 8, name)], 1):
        if number > start:
            padded = text + b"\0" * (-len(text) % 8)
            out += struct.pack("<QQII", node, number, len(text), kind) + padded
    return out


def serve(message):
    _, opcode, unique, node = struct.unpack_from("<IIQQ", message)
    body = message[40:]
    if opcode in (FORGET, BATCH_FORGET, INTERRUPT):
        return
    if opcode == INIT:
        major, minor, ahead = struct.unpack_from("<III", body)
        answer(unique, struct.pack("<IIIIHHIIHHII6I", 7, min(minor, 31), ahead, 0, 16, 12, 1 << 17, 1, 0, 0, 0, 0, *[0] * 6))
    elif state["pulled"] and opcode not in (RELEASE, RELEASEDIR, DESTROY):
        answer(unique, error=errno.EIO)
    elif opcode == LOOKUP:
        if body.rstrip(b"\0") == name and node == 1:
            answer(unique, struct.pack("<QQQQII", 2, 0, 0, 0, 0, 0) + attributes(2))
        else:
            answer(unique, error=errno.ENOENT)
    elif opcode == GETATTR:
        answer(unique, struct.pack("<QII", 0, 0, 0) + attributes(node))
    elif opcode in (OPEN, OPENDIR):
        answer(unique, struct.pack("<QII", 1, 1 if opcode == OPEN else 0, 0))  # FOPEN_DIRECT_IO
    elif opcode == READ:
        _, start, count = struct.unpack_from("<QQI", body)
        threading.Thread(target=read, args=(unique, start, count), daemon=True).start()
    elif opcode == READDIR:
        _, start, count = struct.unpack_from("<QQI", body)
        answer(unique, entries(start)[:count])
    elif opcode == STATFS:
        answer(unique, struct.pack("<5Q4I6I", 1 << 20, 0, 0, 1, 0, 4096, 255, 4096, 0, *[0] * 6))
    elif opcode in (RELEASE, RELEASEDIR, FLUSH, ACCESS, DESTROY):
        answer(unique)
    else:
        answer(unique, error=errno.ENOSYS)


while True:
    try:
        serve(os.read(device, (1 << 17) + 4096 + 4096))
    except OSError as error:
        if error.errno == errno.ENODEV:
            break
        if error.errno not in (errno.EINTR, errno.EAGAIN, errno.ENOENT):
            raise
