#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""renamed-parity.py NAME FILE…: PAR2 files of one file are rewritten, as if they were of a file called NAME.

All digests in them are made anew, so that nothing but the name is odd: what a forger would do.
"""
import hashlib
import struct
import sys


def packets(data):
    place = 0
    while place < len(data):
        length = struct.unpack_from("<Q", data, place + 8)[0]
        yield data[place + 48:place + 64], data[place + 64:place + length]
        place += length


def described(body, name):
    """A file description of another name; its ID follows from it."""
    padded = name + b"\0" * (-len(name) % 4)
    rest = body[16:56]
    return hashlib.md5(rest[16:40] + padded).digest() + rest + padded


name = sys.argv[1].encode()
files = [(path, list(packets(open(path, "rb").read()))) for path in sys.argv[2:]]
new = {}
for _, all_packets in files:
    for kind, body in all_packets:
        if kind == b"PAR 2.0\0FileDesc":
            new[body[:16]] = described(body, name)[:16]
for path, all_packets in files:
    out = []
    for kind, body in all_packets:
        if kind == b"PAR 2.0\0FileDesc":
            body = described(body, name)
        elif kind == b"PAR 2.0\0IFSC\0\0\0\0":
            body = new[body[:16]] + body[16:]
        elif kind == b"PAR 2.0\0Main\0\0\0\0":
            body = body[:12] + b"".join(sorted(new[body[at:at + 16]] for at in range(12, len(body), 16)))
            main = hashlib.md5(body).digest()
        out.append((kind, body))
    with open(path, "wb") as file:
        for kind, body in out:
            rest = main + kind + body
            file.write(b"PAR2\0PKT" + struct.pack("<Q", 32 + len(rest)) + hashlib.md5(rest).digest() + rest)
