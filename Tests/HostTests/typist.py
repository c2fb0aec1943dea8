# SPDX-License-Identifier: Apache-2.0
"""typist.py LOG ANSWERS [--then COMMAND] -- PROGRAM…: a person at a terminal.

Runs the program on a terminal of its own, types each line of ANSWERS at a question (a line that ends in ": "), and writes all
that the terminal showed to LOG. With --then, COMMAND (for sh, with the program's process as $1) runs at the last question
instead of typing. Ends with the program's status, 128 + N for a signal, and 99 when the terminal is not as it was before."""
import os
import pty
import select
import subprocess
import sys
import termios
import time

log, answers = sys.argv[1], open(sys.argv[2]).read().splitlines()
rest = sys.argv[3:]
then = None
if rest[0] == "--then":
    then, rest = rest[1], rest[2:]
program = rest[1:]
go, gone = os.pipe()
pid, terminal = pty.fork()
if pid == 0:
    # Not before it was seen how the terminal is.
    os.read(go, 1)
    os.execvp(program[0], program)
before = termios.tcgetattr(terminal)
os.write(gone, b".")
shown, asked, answered, status = b"", 0, 0, None
deadline = time.monotonic() + 60
while status is None and time.monotonic() < deadline:
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if ready:
        try:
            shown += os.read(terminal, 65536)
        except OSError:
            break
    if shown.endswith(b": ") and len(shown) > answered:
        asked, answered = asked + 1, len(shown)
        if asked <= len(answers):
            # What is typed before the echo is off would be shown by the terminal, not by us.
            while termios.tcgetattr(terminal)[3] & termios.ECHO:
                time.sleep(0.01)
            os.write(terminal, answers[asked - 1].encode() + b"\n")
        elif then:
            subprocess.run(["sh", "-c", then, "sh", str(pid)], check=True)
    done, code = os.waitpid(pid, os.WNOHANG)
    if done:
        status = os.waitstatus_to_exitcode(code)
        while select.select([terminal], [], [], 0.1)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                break
if status is None:
    if time.monotonic() >= deadline:
        os.kill(pid, 9)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
open(log, "wb").write(shown)
try:
    after = termios.tcgetattr(terminal)
except termios.error:
    after = before
if after[3] != before[3]:
    sys.exit(99)
sys.exit(status if status >= 0 else 128 - status)
