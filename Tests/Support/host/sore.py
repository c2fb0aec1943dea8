#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sore.py DIRECTORY IMAGE START…: a stick as FUSE file DIRECTORY/disk with the bytes of IMAGE, of which each 4 KiB from a START
on cannot be read: an input/output error, as from a bad sector. Put a loop device on it.
"""
import errno
import os
import sys

from onefile import OneFile


class Sore(OneFile):
    def __init__(self, directory, image, bad):
        self.bad, self.image = bad, os.open(image, os.O_RDONLY)
        super().__init__(directory, b"disk", os.fstat(self.image).st_size, read_only=True)

    def read(self, unique, start, count):
        if any(start < place + 4096 and place < start + count for place in self.bad):
            self.answer(unique, error=errno.EIO)
        else:
            self.answer(unique, os.pread(self.image, count, start))


Sore(sys.argv[1], sys.argv[2], [int(place) for place in sys.argv[3:]]).run()
