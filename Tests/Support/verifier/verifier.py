#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second verifier, written from docs/format.md alone and sharing no code with the product.

verifier.py PUB FILE...   one line a file: "proven NAME VERSION ARCH" or "refused REASON"

It proves what section 12 proves, by one key, with openssl for Ed25519. Of the manifest it checks what a verifier needs (7.6).
"""
import base64, hashlib, json, os, re, subprocess, sys, tempfile

HEX, KEY = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}")
SEGMENT = re.compile(r'(?![-. ]$)(?!\.\.$)(?![- ])[\x20-\x7e]+')
LIMITS = {"README.txt": 4096, "SHA256SUMS": 16 << 20, "manifest.json": 4 << 20, "files.sha256": 256 << 20,
          "packs.index": 256 << 20}


def need(fact, reason):
    if not fact:
        raise ValueError(reason)


def path_is_good(path):
    parts = path.split("/")
    return 0 < len(path) <= 1024 and len(parts) <= 32 and all(
        SEGMENT.fullmatch(p) and p not in (".", "..") and not set(p) & set('\\"*?<>|') for p in parts)


def header(name, size):
    def field(text, width): return text.encode().ljust(width, b"\0")
    start = field(name, 100) + b"000644 \0" + b"000000 \0" * 2 + b"%011o " % size + b"00000000000 "
    end = b"0" + bytes(100) + b"ustar\x0000" + bytes(64) + b"000000 \0" * 2 + bytes(167)
    total = sum(start) + sum(end) + 8 * 32
    return start + b"%06o\0 " % total + end


def rank(name):
    fixed = {"README.txt": 0, "SHA256SUMS": 1, "signatures/.reserve": 3, "manifest.json": 5, "files.sha256": 6,
             "packs.index": 7}
    if name in fixed: return (fixed[name],)
    if m := re.fullmatch(r"signatures/([0-9a-f]{32})\.minisig", name): return (2, m[1])
    if m := re.fullmatch(r"trust/([1-9][0-9]{0,8})(?:\.([0-9a-f]{32})\.minisig|\.json)", name): return (4, int(m[1]), m[2] or "")
    if re.fullmatch(r"packs/[0-9a-f]{64}\.(xz|zst|raw|delta)", name): return (10,)
    need(path_is_good(name) and len(name) <= 100, "name")
    need(name.startswith(("docs/", "sbom/")), "name")
    return (8 if name.startswith("docs/") else 9, name)


def members(data):
    """Sections 4.1 to 4.4: (name, bytes, offset of the header) of every member."""
    at, last, found = 0, (-1,), []
    while True:
        block = data[at:at + 512]
        need(len(block) == 512, "truncated")
        if block == bytes(512): break
        name = block[:100].rstrip(b"\0").decode("ascii")
        need(re.fullmatch(rb"[0-7]{11} ", block[124:136]), "size")
        size = int(block[124:135], 8)
        need(block == header(name, size), "header")
        here = rank(name)
        need(here > last or here == last == (10,), "order of " + name)
        need(size <= LIMITS.get(name, 1 << 33), "limit")
        body, pad = data[at + 512:at + 512 + size], -size % 512
        need(len(body) == size, "truncated")
        need(data[at + 512 + size:at + 512 + size + pad] == bytes(pad), "padding")
        found.append((name, body, at))
        at, last = at + 512 + size + pad, here
    need(data[at:] == bytes(1024), "end marker")
    names = [n for n, _, _ in found]
    for one in ("README.txt", "SHA256SUMS", "signatures/.reserve", "manifest.json", "files.sha256", "packs.index"):
        need(one in names, "missing " + one)
    return found


def lines(data, what):
    need(data == b"" or data.endswith(b"\n"), what)
    return data.decode("ascii").split("\n")[:-1]


def sums(data, what):
    result = []
    for line in lines(data, what):
        need(HEX.fullmatch(line[:64]) and line[64:66] == "  " and path_is_good(line[66:]), what)
        result.append((line[66:], line[:64]))
    return result


def openssl(key, message, signature):
    with tempfile.TemporaryDirectory() as scratch:
        for name, data in (("k", bytes.fromhex("302a300506032b6570032100") + key), ("m", message), ("s", signature)):
            with open(os.path.join(scratch, name), "wb") as file: file.write(data)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", "k", "-in",
                               "m", "-sigfile", "s"], cwd=scratch, capture_output=True).returncode == 0


def canonical_base64(text, count):
    raw = base64.b64decode(text, validate=True)
    need(len(raw) == count and base64.b64encode(raw).decode() == text, "base64")
    return raw


def signature(member, identity, message, key):
    """Section 5.2; key is None for a stranger's, of which only the form is checked."""
    need(len(member) <= 1024 and member.count(b"\n") == 4 and member.endswith(b"\n"), "signature form")
    one, two, three, four = member.decode().split("\n")[:4]
    need(one == "untrusted comment: bundle %s %s" % identity[:2], "untrusted comment")
    need(three.startswith("trusted comment: ") and three.isprintable(), "trusted comment")
    first, second = canonical_base64(two, 74), canonical_base64(four, 64)
    need(first[:2] == b"Ed", "algorithm")
    if key is None: return False
    need(openssl(key, message, first[10:]), "signature")
    need(openssl(key, first[10:] + three[17:].encode(), second), "comment signature")
    return True


def canonical(value, depth=0):
    """Section 6."""
    inner = "\n" + " " * (depth + 1)
    close = "\n" + " " * depth
    if isinstance(value, dict):
        need(depth < 32, "depth")
        rows = [json.dumps(k, ensure_ascii=False) + ": " + canonical(value[k], depth + 1)
                for k in sorted(value, key=lambda k: k.encode())]
        return "{" + ",".join(inner + r for r in rows) + close + "}" if rows else "{}"
    if isinstance(value, list):
        rows = [canonical(v, depth + 1) for v in value]
        return "[" + ",".join(inner + r for r in rows) + close + "]" if rows else "[]"
    need(not isinstance(value, float), "fraction")
    return json.dumps(value, ensure_ascii=False)


def verify(data, key):
    found = members(data)
    by_name = {name: body for name, body, _ in found}
    need(len(by_name) == len(found), "twice")
    identity = re.fullmatch(r"bundle/1 ([a-z][a-z0-9-]{0,24}) ([0-9][0-9A-Za-z.+-]{0,63}) (amd64|arm64)",
                            by_name["README.txt"].split(b"\n")[0].decode("ascii"))
    need(identity, "first line")
    identity = identity.groups()
    area = sum(512 + len(b) + -len(b) % 512 for n, b, _ in found if n.startswith("signatures/"))
    need(area == 32768 and not by_name["signatures/.reserve"].strip(b"\0"), "signature area")
    own = hashlib.sha256(key).hexdigest()[:32]
    signatures = [(n[11:43], b) for n, b, _ in found if n.endswith(".minisig") and n.startswith("signatures/")]
    need(len(signatures) <= 16, "signatures")
    message = by_name["SHA256SUMS"]
    good = [signature(body, identity, message, key if name == own else None) for name, body in signatures]
    need(any(good), "unsigned")
    listed = sums(message, "SHA256SUMS")
    need([n for n, _ in listed] == [n for n, _, _ in found if n != "SHA256SUMS" and not n.startswith("signatures/")], "members")
    for name, digest in listed:
        need(hashlib.sha256(by_name[name]).hexdigest() == digest, "digest of " + name)
        need(not name.startswith("packs/") or name[6:70] == digest, "pack name")
    manifest = json.loads(by_name["manifest.json"])
    need((canonical(manifest) + "\n").encode() == by_name["manifest.json"], "canonical")
    need((manifest["name"], manifest["version"], manifest["arch"]) == identity, "identity")
    need(manifest["tree"]["sha256"] == hashlib.sha256(by_name["files.sha256"]).hexdigest(), "tree")
    tree = sums(by_name["files.sha256"], "files.sha256")
    need([p for p, _ in tree] == sorted({p for p, _ in tree}) and len(tree) == manifest["tree"]["files"], "files.sha256")
    index = [line.split(" ") for line in lines(by_name["packs.index"], "packs.index")]
    need(index[:1] == [["bundle-packs/1"]], "packs.index")
    suffix = {"xz": "xz", "zstd": "zst", "raw": "raw", "delta": "delta"}
    packs = ["packs/%s.%s" % (w[1], suffix[w[2]]) for w in index if w[0] == "pack"]
    need(packs == [n for n, _ in listed if n.startswith("packs/")], "packs")
    contents = {w[1] for w in index if w[0] == "content"} | {d for n, d in listed if n.startswith(("docs/", "sbom/"))}
    need(all(d in contents for _, d in tree), "contents")
    sizes = {w[1]: int(w[2]) for w in index if w[0] == "content"}
    for image in manifest["images"].values():
        for part in [image["config"], *image["layers"], *([image["manifest"]] if "manifest" in image else [])]:
            need(sizes.get(part["digest"]) == part["bytes"], "image")
    return "proven %s %s %s" % identity


def main():
    with open(sys.argv[1]) as file: key = base64.b64decode(file.read().split("\n")[1])[10:]
    for path in sys.argv[2:]:
        with open(path, "rb") as file: data = file.read()
        try:
            print(verify(data, key))
        except (ValueError, KeyError, IndexError, TypeError) as reason:
            print("refused", str(reason).replace("\n", " ") or type(reason).__name__)


main()
