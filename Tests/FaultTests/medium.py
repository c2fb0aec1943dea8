#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""medium.py DIRECTORY FILE WAY OFFSET: a medium with one file on it that misbehaves when that byte of it is read.

  error     reading it is an input/output error, each time
  pulled    from then on everything is: somebody pulled the stick
  changed   the byte is another one from the second time on
  lying     the byte is another one the first time, and right from then on
  slow      the answer takes five seconds
  hangs     the answer never comes, until the medium is gone
"""
import errno
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Support/host"))
from onefile import OneFile  # noqa: E402


class Medium(OneFile):
    def __init__(self, directory, path, way, offset):
        with open(path, "rb") as file:
            self.content = file.read()
        self.way, self.offset, self.reads, self.pulled = way, offset, 0, False
        super().__init__(directory, os.path.basename(path).encode(), len(self.content), read_only=True)

    def is_gone(self):
        return self.pulled

    def read(self, unique, start, count):
        threading.Thread(target=self.give, args=(unique, start, count), daemon=True).start()

    def give(self, unique, start, count):
        data = self.content[start:start + count]
        if start <= self.offset < start + len(data):
            self.reads += 1
            first = self.reads == 1
            if self.way in ("error", "pulled"):
                self.pulled = self.way == "pulled"
                return self.answer(unique, error=errno.EIO)
            if self.way == "hangs":
                return None
            if self.way == "slow" and first:
                time.sleep(5)
            if (self.way == "changed" and not first) or (self.way == "lying" and first):
                at = self.offset - start
                data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
        return self.answer(unique, data)


Medium(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])).run()
