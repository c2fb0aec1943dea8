# SPDX-License-Identifier: Apache-2.0
"""A FUSE file system of one file (linux/fuse.h), for media that misbehave: what is odd about one is a subclass.

It speaks the protocol itself: what a library or the page cache would do with a fault is not what a stick does.
"""
import ctypes
import errno
import os
import struct
import sys

LOOKUP, FORGET, GETATTR, SETATTR, OPEN, READ, WRITE, STATFS, RELEASE, FSYNC, FLUSH, INIT = 1, 2, 3, 4, 14, 15, 16, 17, 18, 20, 25, 26
OPENDIR, READDIR, RELEASEDIR, ACCESS, INTERRUPT, DESTROY, BATCH_FORGET = 27, 28, 29, 34, 36, 38, 42
READ_ONLY, NO_SUID, NO_DEVICES = 1, 2, 4


class OneFile:
    def __init__(self, directory, name, size, read_only):
        self.name, self.size, self.read_only = name, size, read_only
        self.device = os.open("/dev/fuse", os.O_RDWR)
        libc = ctypes.CDLL(None, use_errno=True)
        options = b"fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other" % self.device
        flags = NO_SUID | NO_DEVICES | (READ_ONLY if read_only else 0)
        if libc.mount(b"onefile", directory.encode(), b"fuse", flags, options) != 0:
            sys.exit(os.strerror(ctypes.get_errno()))

    # --- what a subclass says

    def read(self, unique, start, count):
        """Answers with bytes of the file; may do so later, from a thread."""
        raise NotImplementedError

    def write(self, start, data):
        """Takes bytes, all of them as far as anybody is told."""
        raise NotImplementedError

    def is_gone(self):
        """Whether every question but the last ones is an input/output error."""
        return False

    # --- the protocol

    def answer(self, unique, body=b"", error=0):
        try:
            os.write(self.device, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)
        except OSError:
            pass

    def attributes(self, node):
        mode, size = (0o040755, 0) if node == 1 else (0o100644, self.size)
        return struct.pack("<6Q10I", node, size, (size + 511) // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)

    def entries(self, start):
        out = b""
        for number, (node, kind, text) in enumerate([(1, 4, b"."), (1, 4, b".."), (2, 8, self.name)], 1):
            if number > start:
                out += struct.pack("<QQII", node, number, len(text), kind) + text + b"\0" * (-len(text) % 8)
        return out

    def serve(self, message):
        _, opcode, unique, node = struct.unpack_from("<IIQQ", message)
        body = message[40:]
        if opcode in (FORGET, BATCH_FORGET, INTERRUPT):
            return
        if opcode == INIT:
            major, minor, ahead = struct.unpack_from("<III", body)
            self.answer(unique, struct.pack("<IIIIHHIIHHII6I", 7, min(minor, 31), ahead, 0, 16, 12, 1 << 17, 1, 0, 0, 0, 0, *[0] * 6))
        elif self.is_gone() and opcode not in (RELEASE, RELEASEDIR, DESTROY):
            self.answer(unique, error=errno.EIO)
        elif opcode == LOOKUP:
            if body.rstrip(b"\0") == self.name and node == 1:
                self.answer(unique, struct.pack("<QQQQII", 2, 0, 0, 0, 0, 0) + self.attributes(2))
            else:
                self.answer(unique, error=errno.ENOENT)
        elif opcode == GETATTR or opcode == SETATTR and not self.read_only:
            self.answer(unique, struct.pack("<QII", 0, 0, 0) + self.attributes(node))
        elif opcode in (OPEN, OPENDIR):
            # FOPEN_DIRECT_IO: nothing is cached on the way.
            self.answer(unique, struct.pack("<QII", 1, 1 if opcode == OPEN else 0, 0))
        elif opcode == READ:
            _, start, count = struct.unpack_from("<QQI", body)
            self.read(unique, start, count)
        elif opcode == WRITE and not self.read_only:
            _, start, count = struct.unpack_from("<QQI", body)
            self.write(start, body[40:40 + count])
            self.answer(unique, struct.pack("<II", count, 0))
        elif opcode == READDIR:
            _, start, count = struct.unpack_from("<QQI", body)
            self.answer(unique, self.entries(start)[:count])
        elif opcode == STATFS:
            self.answer(unique, struct.pack("<5Q4I6I", 1 << 20, 0, 0, 1, 0, 4096, 255, 4096, 0, *[0] * 6))
        elif opcode in (RELEASE, RELEASEDIR, FLUSH, ACCESS, DESTROY) or opcode == FSYNC and not self.read_only:
            self.answer(unique)
        else:
            self.answer(unique, error=errno.ENOSYS)

    def run(self):
        """Until it is unmounted."""
        while True:
            try:
                self.serve(os.read(self.device, (1 << 17) + 8192))
            except OSError as error:
                if error.errno == errno.ENODEV:
                    break
                if error.errno not in (errno.EINTR, errno.EAGAIN, errno.ENOENT):
                    raise
