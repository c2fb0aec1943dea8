# SPDX-License-Identifier: Apache-2.0
# sites.py RIG LOG: of a log of `strace -k` the calls, and below each sync a line `@ site`: the place in the code that asks for it.
# What HostSystem does for others (a file written whole: its data, then its name) is a place of its own for each who asks.
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
        if re.match(rb"^\d+ +(fsync|fdatasync|syncfs)\(", line) and places:
            inner = places[0]
            # Without a place: a fake's own.
            outer = next((place for place in places if not place.startswith("HostSystem/")), inner)
            if "/Tests/" not in outer:
                out.write(("@ " + (inner if inner == outer else f"{inner} for {outer}") + "\n").encode())
