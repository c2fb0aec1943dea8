#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# verify-documents.sh DIR   The second half of verify-bundle.sh, which calls it when the bytes in DIR are proven: the text that
# was signed is as docs/format.md (§) says, and no part contradicts another. `ends` has a line END SIZE NAME for each member.
set -eu && export LC_ALL=C && cd "$1" && HEX='[0-9a-f]{64}' NUMBER='(0|[1-9][0-9]{0,14})'
refuse() { echo "refused: $*" >&2 && exit 1; }
# FILE [OTHERS]: lines of plain ASCII and of OTHERS (for tr), the last one ended; FILE FORM [OTHERS]: and each in its FORM.
is_text() { [ "$(tr -d "\n -~${2-}" <"$1" | wc -c)" -eq 0 ] && [ -z "$(tail -c 1 "$1")" ] || refuse "$1: not plain text"; }
lines_are() { is_text "$1" "${3-}" && ! grep -Evx "$2" "$1" >&2 || refuse "$1: a line that is not in its form"; }
# README.txt: its first line (§5.1, §2).
number='(0|[1-9][0-9]*)' more='[0-9A-Za-z.-]+' && VER="($number\\.){2}$number(-$more)?(\\+$more)?" && head -n 1 README.txt >first
lines_are first "bundle/1 [a-z][a-z0-9-]{0,24} $VER (amd64|arm64)"
read -r _ name version arch <first && [ "$name" != bundle ] && [ ${#version} -le 64 ] || refuse "README.txt: $name $version"
# signatures/: each in its one spelling, whoever made it (trust §3.4).
for signature in signatures/*.minisig; do
    is_text "$signature" '\t' && awk -v first="untrusted comment: bundle $name $version" '
        NR == 1 { good += $0 == first }
        NR == 2 { good += length($0) == 100 && /^RW[QRST][A-Za-z0-9+\/]*[AEIMQUYcgkosw048]=$/ }
        NR == 3 { good += /^trusted comment: / }
        NR == 4 { good += length($0) == 88 && /^[A-Za-z0-9+\/]*[AQgw]==$/ }
        END { exit good != 4 || NR != 4 }' "$signature" || refuse "$signature: another spelling than the one"
done
# SHA256SUMS: the order of the members (§4.1); `trust/` in lines NUMBER [KEY], as a root comes before its signatures.
cut -c 67- SHA256SUMS | sed -E '/^packs\//,$d; s/^trust.([0-9]+).(json)?/1 00000000\1 /; s/^1 0*([0-9]{9}) /1 \1 /
    s/^README/0&/; s/^manifest/2&/; s/^files/3&/; s/^packs/4&/; s/^docs|^sbom/5&/' >order
sort -c -u order 2>/dev/null && awk '/^1/ { if (NF == 2) root = $2; if (root != $2) exit 1 }' order || refuse "SHA256SUMS: order"
# packs.index (§9): all ascend, runs of contents lie in packs and add up; the packs are the bundle's, in order and as long.
FORM="bundle-packs/1|base $VER $HEX|needs $HEX $NUMBER|pack $HEX ((xz|zstd|raw) $NUMBER $NUMBER|delta $NUMBER $NUMBER $HEX)"
lines_are packs.index "$FORM|content $HEX $NUMBER( $NUMBER:$NUMBER:$NUMBER)*"
awk '
    { bad += (NR == 1) != ($1 == "bundle-packs/1") } /^base/ { bad += needs || packs || contents || $3 "" <= base; base = $3 "" }
    /^needs/ { bad += !base || packs || contents || $2 "" <= need || $3 < 1; need = $2 ""; needs++; needed[need] }
    /^pack/ { print $4 " packs/" $2 "." ($3 == "zstd" ? "zst" : $3); bad += contents || seen[$2]++; room[packs++] = $5 }
    /^pack/ { bad += ($3 == "delta" && !($6 in needed)) || $4 < 1 || $5 < 1 || $5 > 67108864 || ($3 == "raw" && $4 != $5) }
    /^content/ { contents = 1; bad += $2 "" <= last || $2 in needed; last = $2 ""; left = $3 }
    /^content/ { for (i = 4; i <= NF; i++) { split($i, r, ":"); left -= r[3]; bad += r[3] < 1 || r[2] + r[3] > room[r[1]] } }
    /^content/ { bad += left != 0 }
    END { exit bad || NR == 0 || (base && !needs) }' packs.index >packs || refuse "packs.index: order, or sizes"
sed -n '/^[0-9]* [0-9]* packs\//,$s/^[0-9]* //p' ends | cmp -s - packs || refuse "packs.index: other packs"
# manifest.json: each line is spelled as JSON of ours is (§6, integers up to 18 digits); identity (§7.1) and tree (§7.3).
string='"([^"\\]|\\["\\bfnrt]|\\u00(0[1-7bef]|1[0-9a-f]))*"'
value="($string|0|-?[1-9][0-9]{0,17}|true|false|\\{\\}?|\\[\\]?)"
lines_are manifest.json "\\{| +($string: )?$value,?| *[]}],?" '\200-\377'
identity=$(printf ' "arch": "%s",\n "name": "%s",\n "version": "%s"' "$arch" "$name" "$version")
[ "$(grep -E '^ "(arch|name|version)": ' manifest.json)" = "$identity" ] || refuse "manifest.json: another release"
tree=$(printf '  "files": %d,\n  "sha256": "%.64s"' "$(wc -l <files.sha256)" "$(sha256sum <files.sha256)")
[ "$(sed -n '/^ "tree": {$/,/^ }/p' manifest.json | grep -E '^  "(files|sha256)": ')" = "$tree" ] || refuse "manifest.json: tree"
# files.sha256, docs/ (§2, §8, §10): no path twice or below another; files are contents or documents, documents are files.
lines_are files.sha256 "$HEX  .+" && cut -c 67- files.sha256 | sort -c -u 2>/dev/null || refuse "files.sha256: order"
awk '
    { hex = substr($0, 1, 64); path = substr($0, 67); above = FILENAME; n = split(path, p, "/") }
    FILENAME == "packs.index" { if ($1 == "content" || $1 == "needs") there[$2]; next }
    FILENAME == "SHA256SUMS" && path !~ "^(docs|sbom)/" { bad += path ~ "^packs/" && hex != substr(path, 7, 64); next }
    { bad += n > 32 || length(path) > 1024 || path ~ /[\\"*?<>|]/ }
    { for (i = 1; i <= n; i++) { bad += (above in files) || p[i] ~ /^([- ]|[.]?[.]?$)/; above = above "/" p[i] } files[above] }
    FILENAME == "SHA256SUMS" { there[hex]; if (path ~ "^docs/") { document[path] = hex; documents++ } next }
    !(hex in there) || (path in document && document[path] != hex) { bad++ }
    path in document { documents-- }
    END { exit bad || documents }' packs.index SHA256SUMS files.sha256 || refuse "a path, a file or document without its half"
awk '/^base/ { of = of " " $2 } /^needs/ { n++ } END { if (n) print "NOT WHOLE: it needs " n " contents of" of }' packs.index
