# SPDX-License-Identifier: Apache-2.0
"""hunt.py SECRETS: reads files named on standard input (NUL between them) or, with --tar, a tar archive, and prints every
place where a secret stands, in any of the forms in which text travels. SECRETS has one `NAME HEX` a line.

Python, because it is the only thing here that searches bytes; it runs on the machine of the tests, never on a host."""
import base64
import sys
import tarfile
import urllib.parse


def forms(secret):
    """Every spelling that a tool of ours, systemd, JSON, a shell or a URL would give to these bytes."""
    yield "raw", secret
    yield "hex", secret.hex().encode()
    yield "HEX", secret.hex().upper().encode()
    yield "reversed", secret[::-1]
    yield "utf-16", secret.decode("latin-1").encode("utf-16-le")
    # Base64 of a text that holds it, whatever stands before: three ways to begin, without the ends that neighbours change.
    for skip in range(3):
        encoded = base64.b64encode(b"\0" * skip + secret)
        inner = encoded[4 if skip else 0 : len(encoded) // 4 * 4 - 4]
        yield f"base64+{skip}", inner
        yield f"base64url+{skip}", inner.replace(b"+", b"-").replace(b"/", b"_")
    text = secret.decode("utf-8", "replace")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    yield "json", escaped.encode()
    yield "systemd", escaped.replace("%", "%%").replace("$", "$$").encode()
    yield "systemd-x", "".join(c if c.isalnum() or c in ":_." else "".join(f"\\x{b:02x}" for b in c.encode()) for c in text).encode()
    yield "url", urllib.parse.quote(text, safe="").encode()
    yield "shell", text.replace("'", "'\\''").encode()
    # Parts of a secret of several lines, and its long middle: what a line-wise or a shortened record would hold.
    if len(secret) >= 24:
        yield "part", secret[6:18]


def main():
    secrets = []
    for line in open(sys.argv[1]):
        name, hexadecimal = line.split()
        seen = set()
        for form, needle in forms(bytes.fromhex(hexadecimal)):
            if len(needle) >= 8 and needle not in seen:
                seen.add(needle)
                secrets.append((name, form, needle))

    def look(place, data):
        for name, form, needle in secrets:
            if needle in data:
                print(f"{place}: {name} ({form})")

    if sys.argv[2:] == ["--tar"]:
        with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as archive:
            for member in archive:
                look(f"name of {member.name}", member.name.encode() + b"\0" + member.linkname.encode())
                if member.isfile():
                    look(member.name, archive.extractfile(member).read())
    else:
        for path in sys.stdin.buffer.read().split(b"\0"):
            if path:
                with open(path, "rb") as file:
                    look(path.decode(), file.read())


main()
