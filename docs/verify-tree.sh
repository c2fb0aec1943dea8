#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# verify-tree.sh KEY.pub EVIDENCE TREE: proves an installed release with tar's friends alone, no byte of bundle's:
#   verify-tree.sh KEY.pub /var/lib/bundle/NAME/evidence/VERSION-DIGEST12 /opt/NAME/releases/VERSION-DIGEST12
# KEY.pub (minisign's form) has to come some other way than this host. The signature covers SHA256SUMS, that covers README.txt,
# manifest.json and files.sha256, and these cover every file, link, mode and directory of TREE; anything more is refused, too.
# Needs sh, awk, sed, openssl and coreutils. OWNER=UID:GID for a copy that is not root's. 0 proven, 1 not, 64 usage.
set -eu && export LC_ALL=C
[ $# -eq 3 ] || { echo "usage: verify-tree.sh KEY.pub EVIDENCE TREE" >&2; exit 64; }
command -v openssl >/dev/null || { echo "verify-tree.sh: needs openssl, which is not here: nothing was looked at" >&2; exit 64; }
key=$1 evidence=$(cd "$2" && pwd) tree=${3%/} owner=${OWNER:-0:0}
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
bad() { echo "NOT PROVEN: $*" >&2; exit 1; }
line2() { sed -n 2p "$1" | base64 -d; }

# 1. The signature: Ed25519 over SHA256SUMS itself, found by the key, and of no other kind than "Ed".
fingerprint=$(line2 "$key" | tail -c 32 | sha256sum | cut -c 1-32)
signature=$evidence/signatures/$fingerprint.minisig
[ -f "$signature" ] || bad "no signature by the key $fingerprint"
line2 "$signature" >"$work/signed"
[ "$(wc -c <"$work/signed")" -eq 74 ] || bad "$signature is no signature"
[ "$(head -c 10 "$work/signed" | sha256sum)" = "$(line2 "$key" | head -c 10 | sha256sum)" ] || bad "$signature is of another kind"
tail -c 64 "$work/signed" >"$work/signature"
{ printf '\060\052\060\005\006\003\053\145\160\003\041\000' && line2 "$key" | tail -c 32; } >"$work/key"
openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$work/key" -in "$evidence/SHA256SUMS" -sigfile "$work/signature" \
    >/dev/null 2>&1 || bad "the signature by $fingerprint does not hold"

# 2. What is signed is the list of a bundle, and the documents here are those that it names.
head -n 1 "$evidence/SHA256SUMS" | grep -Eqx '[0-9a-f]{64}  README\.txt' || bad "SHA256SUMS is another document"
grep -Ex '[0-9a-f]{64}  (README\.txt|manifest\.json|files\.sha256)' "$evidence/SHA256SUMS" >"$work/documents"
[ "$(wc -l <"$work/documents")" -eq 3 ] || bad "SHA256SUMS does not name the three documents once each"
(cd "$evidence" && sha256sum -c --status --strict "$work/documents") || bad "a document is not the signed one"
digest=$(sha256sum <"$evidence/manifest.json" | cut -c 1-64)
release=$(head -n 1 "$evidence/README.txt") && version=$(echo "$release" | cut -d ' ' -f 3)
[ "${tree##*/}" = "$version-$(echo "$digest" | cut -c 1-12)" ] || bad "$tree is not the place of $release, $digest"

# 3. What the tree must be: one line for each directory, file and link. The manifest has one value a line (format.md §6).
awk -v owner="$owner" -F '"' '
    function above(path, n, i, part, whole) {
        n = split(path, part, "/")
        for (i = 1; i < n; i++) { whole = whole part[i]; directories[whole] = 1; whole = whole "/" }
    }
    FNR == NR { if (/^ "/) { key = $2 } else if (/^   "path": "/) { path = $4; if (key == "executables") mode[path] = 755 }
                else if (/^   "target": "/ && key == "symlinks") { print "link " path " -> " $4; above(path) }
                next }
    { path = substr($0, 67); print "file " (path in mode ? 755 : 644) " " owner " " path; above(path) }
    END { for (path in directories) print "directory 755 " owner " " path }
' "$evidence/manifest.json" "$evidence/files.sha256" | sort >"$work/expected"
walk() (
    for path in "$1"/* "$1"/.[!.]* "$1"/..?*; do
        if [ -L "$path" ]; then echo "link ${path#"$tree"/} -> $(readlink "$path")"
        elif [ -f "$path" ]; then echo "file $(stat -c '%a %u:%g' "$path") ${path#"$tree"/}"
        elif [ -d "$path" ]; then echo "directory $(stat -c '%a %u:%g' "$path") ${path#"$tree"/}" && walk "$path"
        elif [ -e "$path" ]; then echo "other ${path#"$tree"/}"; fi
    done
)
walk "$tree" | sort >"$work/found"
[ -z "$(comm -3 "$work/expected" "$work/found")" ] || bad "wanted, behind a tab found: $(comm -3 "$work/expected" "$work/found")"
[ ! -s "$evidence/files.sha256" ] || (cd "$tree" && sha256sum -c --quiet --strict "$evidence/files.sha256") || bad "other files"
echo "PROVEN: ${release#bundle/1 } is what $fingerprint signed, $(wc -l <"$evidence/files.sha256") files; release digest $digest"
