# SPDX-License-Identifier: Apache-2.0
# sites.py RIG LOG: of a log of `strace -k` the calls, and below each sync a line `@ site`: the place in the code that asks for it.
import re
import subprocess
import sys

rig, log = sys.argv[1:]
FRAME = re.compile(rb"^ > (\S+?)\(.*\) \[0x([0-9a-f]+)\]$")
# The wrappers around the call itself.
WRAPPERS = (
    "CLinux/",
    "HostSystem/Files/HostFile.swift",
    "HostSystem/Files/DirectoryHandle.swift",
    "HostSystem/Files/FileSystem+Volumes.swift",
)

calls = []
for line in open(log, "rb"):
    frame = FRAME.match(line.rstrip(b"\n"))
    if not line.startswith(b" > "):
        calls.append((line, []))
    elif frame and frame[1].decode() == rig:
        # A return address stands behind its call.
        calls[-1][1].append(int(frame[2], 16) - 1)

asked = sorted({address for _, frames in calls for address in frames})
answer = subprocess.run(["addr2line", "-e", rig], input="\n".join(map(hex, asked)), capture_output=True, text=True, check=True)
where = dict(zip(asked, (line.split(" (")[0].rpartition("/Sources/")[2] for line in answer.stdout.splitlines())))

with open(log, "wb") as out:
    for line, frames in calls:
        out.write(line)
        places = [where[address] for address in frames if where[address] and not where[address].startswith(WRAPPERS)]
        # Without a place: a fake's own.
        if re.match(rb"^\d+ +(fsync|fdatasync|syncfs)\(", line) and places and not any("/Tests/" in p for p in places[:2]):
            out.write(f"@ {places[0]}\n".encode())
