#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""liar.py DIRECTORY SAYS HAS: a stick as FUSE file DIRECTORY/disk that says it has SAYS bytes and keeps the first HAS of them.

What is written behind them is taken without a word and reads as zeros, as sold with a wrong label. Put a loop device on it.
"""
import sys

from onefile import OneFile


class Liar(OneFile):
    def __init__(self, directory, says, has):
        self.has, self.kept = has, bytearray(has)
        super().__init__(directory, b"disk", says, read_only=False)

    def read(self, unique, start, count):
        count = max(0, min(count, self.size - start))
        self.answer(unique, bytes(self.kept[start:start + count]).ljust(count, b"\0"))

    def write(self, start, data):
        part = data[:max(0, self.has - start)]
        self.kept[start:start + len(part)] = part


Liar(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])).run()
