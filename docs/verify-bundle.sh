#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# verify-bundle.sh THRESHOLD FILE.bundle KEY.pub...   Proves, without any program of ours, that THRESHOLD of these keys signed
# the bundle and that each of its bytes is as docs/format.md (§) and docs/trust.md (trust §) say. verify-documents.sh has
# to lie beside it. Copy FILE from its medium first: it is read more than once. 0 proven, 1 not.
set -eu && export LC_ALL=C && umask 077 && threshold=$1 file=$2 && shift 2
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && trap 'exit 1' INT TERM
refuse() { echo "refused: $*" >&2 && exit 1; }
zeros() { head -c "$1" /dev/zero; }                      # COUNT
bytes() { tail -c +$(($1 + 1)) "$file" | head -c "$2"; } # OFFSET COUNT
header() { # NAME SIZE CHECKSUM: the one header of §4.2
    printf %s "$1" && zeros $((100 - ${#1}))
    printf '000644 \000000000 \000000000 \000%011o 00000000000 %s\000 0' "$2" "$3" && zeros 100
    printf 'ustar\00000' && zeros 64 && printf '000000 \000000000 \000' && zeros 167
}
archive() { # the one archive of the members in `names`, with sizes, checksums and data from the file; notes digests and ends
    at=0 && while IFS= read -r name; do
        size=$((0$(bytes $((at + 124)) 11 | tr -cd 0-7))) checksum=$(bytes $((at + 148)) 6 | tr -cd 0-7)
        data=$((at + 512)) && at=$((data + (size + 511) / 512 * 512))
        header "$name" $size "$checksum" && bytes $data $size && zeros $((at - data - size))
        echo "$(bytes $data $size | sha256sum | cut -c 1-64)  $name" >>"$work/sums" && echo "$at $size $name" >>"$work/ends"
    done <"$work/names" && zeros 1024
}
holds() { openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$1" -in "$2" -sigfile "$3" >/dev/null 2>&1; }

# 1. The file is its members and nothing else (§4): tar names them and holds the checksums; made anew, they are all its bytes.
tar tf - <"$file" >"$work/names" 2>/dev/null || refuse "not a whole archive"
member='README\.txt|SHA256SUMS|signatures/([0-9a-f]{32}\.minisig|\.reserve)|trust/[1-9][0-9]{0,8}\.(json|[0-9a-f]{32}\.minisig)'
member="$member|manifest\\.json|files\\.sha256|packs\\.index|(docs|sbom)/[ -~]{1,95}|packs/[0-9a-f]{64}\\.(xz|zst|raw|delta)"
! grep -Evx "$member" "$work/names" >&2 || refuse "no member of a bundle has such a name"
archive 2>/dev/null | cmp -s - "$file" || refuse "a byte of a header, of padding or of the end is not the one that it must be"
# 2. They are README.txt, SHA256SUMS, signatures by their names, and what SHA256SUMS lists, byte for byte (§4.1, §5.3).
signatures=$(grep '^signatures/' "$work/names") || refuse "no signature area"
tar xf - -C "$work" README.txt SHA256SUMS $signatures manifest.json files.sha256 packs.index <"$file" || refuse "too few members"
{ printf '%s\n' README.txt SHA256SUMS && ls "$work/signatures" | sed 's,^,signatures/,' && echo signatures/.reserve &&
    cut -c 67- "$work/SHA256SUMS" | tail -n +2; } | cmp -s - "$work/names" || refuse "other members, or in another order"
grep -Ev '^.{64}  (SHA256SUMS|signatures/.*)$' "$work/sums" | cmp -s - "$work/SHA256SUMS" || refuse "not what SHA256SUMS says"
# The signatures, 16 at most, and the reserve, which is zeros, are exactly 32 KiB with their headers (§5.2).
awk '/ signatures\// { n++ } $3 == "SHA256SUMS" { at = $1 }
    $3 == "signatures/.reserve" { exit n > 17 || $1 - at != 32768 || $2 % 512 }' "$work/ends" &&
    [ "$(tr -d '\000' <"$work/signatures/.reserve" | wc -c)" -eq 0 ] || refuse "the signature area"
# 3. The keys that count, by fingerprint, so that each counts once (trust §2.1, §2.2), as openssl takes them (RFC 8410).
for key; do
    sed -n 2p "$key" | tr -d '\r' >"$work/key" && grep -Eqx 'RW[Q-T][A-Za-z0-9+/]{53}' "$work/key" || refuse "$key: no public key"
    base64 -d "$work/key" >"$work/raw" && fingerprint=$(tail -c 32 "$work/raw" | sha256sum | cut -c 1-32)
    { printf '\060\052\060\005\006\003\053\145\160\003\041\000' && tail -c 32 "$work/raw"; } >"$work/$fingerprint.key"
    head -c 10 "$work/raw" >"$work/$fingerprint.id"
done
# 4. A signature by one of them holds, for SHA256SUMS and for its own comment (trust §3.1, §5); others count for nothing.
count=0 && for key in "$work"/*.key; do
    signature=$work/signatures/$(basename "$key" .key).minisig && [ -f "$signature" ] || continue
    sed -n 2p "$signature" | base64 -d >"$work/first" && sed -n 4p "$signature" | base64 -d >"$work/second" || refuse "$signature"
    tail -c 64 "$work/first" >"$work/signature"
    { cat "$work/signature" && sed -n '3s/^trusted comment: //p' "$signature" | tr -d '\n'; } >"$work/commented"
    head -c 10 "$work/first" | cmp -s - "${key%.key}.id" && holds "$key" "$work/SHA256SUMS" "$work/signature" &&
        holds "$key" "$work/commented" "$work/second" || refuse "the signature ${signature##*/} does not hold"
    count=$((count + 1))
done
[ "$count" -ge "$threshold" ] && [ "$threshold" -ge 1 ] || refuse "$count of these keys signed it, and $threshold must"
sh "$(dirname "$0")/verify-documents.sh" "$work" && echo "proven: $(head -n 1 "$work/README.txt"), signed by $count of these keys"
