#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proves what `bundle receipts export` wrote of one host, without bundle: only sh, openssl and coreutils. The public key must
# have come another way than the receipts.    sh verify-receipts.sh DIR HOST.pub    (docs/trust.md §9.6)
# Ends with 0 when all of it holds; otherwise names what does not and ends with 1.
set -u; export LC_ALL=C
[ $# -eq 2 ] && [ -d "$1/receipts" ] && [ -f "$2" ] || { echo "usage: $0 DIR HOST.pub" >&2; exit 64; }
command -v openssl >/dev/null || { echo "$0: openssl is not installed here: nothing was verified" >&2; exit 64; }
dir=$1 bad=0 zeros=$(printf '%064d' 0)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
: >"$work/heads"; : >"$work/told"
no() { echo "BAD: $*"; bad=1; }
sha() { sha256sum | cut -c 1-64; }

# The key as OpenSSL takes it (RFC 8410), and its fingerprint (trust §2.2).
sed -n 2p "$2" | base64 -d | tail -c 32 >"$work/raw"
{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'; cat "$work/raw"; } >"$work/key"
host=$(sha <"$work/raw" | cut -c 1-32)

# The log: lines `HEX JSON`, HEX over the HEX before and this JSON. A torn line is voided by the next one (host-state §3).
for log in "$dir"/audit.log*; do
    [ -f "$log" ] || { no "the audit log is missing"; continue; }
    before=$zeros n=0 torn=0
    while IFS= read -r line || [ -n "$line" ]; do
        n=$((n + 1)) hex=${line%% *} json=${line#* }
        if [ "$(printf '%s\n%s' "$before" "$json" | sha)" != "$hex" ]; then
            [ $torn -gt 0 ] || torn=$n
            continue
        fi
        if [ $torn -gt 0 ]; then
            sed -n "$torn,$((n - 1))p" "$log" >"$work/torn"
            [ "$json" = "{\"sha256\":\"$(sha <"$work/torn")\",\"void\":$(wc -c <"$work/torn" | tr -d ' ')}" ] || break
            torn=0
        fi
        before=$hex
        echo "$n $hex" >>"$work/heads"
    done <"$log"
    # One line at the very end may be torn: the next writer voids it.
    [ $torn -eq 0 ] || [ $torn -ge "$(wc -l <"$log")" ] || no "$log: line $torn is not the one that was written"
    sed -n 's/.*"receipt":{"number":\([0-9]*\),"sha256":"\([0-9a-f]*\)"}.*/\1 \2/p' "$log" >>"$work/told"
done

# The receipts: each signed by the host, naming the one before and a line of the log; the log names each of them.
last=$({ ls "$dir/receipts" | sed -n 's/^0*\([0-9]*\)\.receipt$/\1/p'; cut -d ' ' -f 1 "$work/told"; } | sort -n | tail -n 1)
i=1 before=$zeros
while [ "$i" -le "${last:-0}" ]; do
    f=$dir/receipts/$(printf %06d "$i").receipt i=$((i + 1))
    [ -f "$f" ] || { no "receipt $((i - 1)) is missing"; before=; continue; }
    sed -n 2p "$f.minisig" 2>/dev/null | base64 -d 2>/dev/null | tail -c 64 >"$work/sig"
    openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$work/key" -in "$f" -sigfile "$work/sig" >/dev/null 2>&1 ||
        no "$f: not signed by $host"
    [ "$(head -n 1 "$f")" = "bundle-receipt/1 $((i - 1)) $host" ] || no "$f: another number or host"
    [ -z "$before" ] || [ "$(sed -n '2s/^before //p' "$f")" = "$before" ] || no "$f: names another one before it"
    before=$(sha <"$f") mark=$(sed -n '3,4s/^log //p' "$f")
    [ "${mark%% *}" = 0 ] || grep -qx "$mark" "$work/heads" || no "$f: the log is not the one that it saw (line ${mark%% *})"
    ! grep -q "^$((i - 1)) " "$work/told" || grep -qx "$((i - 1)) $before" "$work/told" || no "$f: the log tells of another one"
done
[ $bad -ne 0 ] || echo "good: ${last:-0} receipts of host $host, $(wc -l <"$work/heads" | tr -d ' ') lines of its log"
exit $bad
