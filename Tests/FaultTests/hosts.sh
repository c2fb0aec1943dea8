# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Hosts whose disk is an image of its own, and copies of it at one moment: what kinds of faults on real hosts start from.
. "$(dirname "${BASH_SOURCE[0]}")/../HostTests/lib.sh"
faults=$repository/Tests/FaultTests
tried=${BUNDLE_TRIED:-$faults/tried}
mkdir -p "$tried"

# The bank: XFS, because a reflink is a copy at one moment and costs nothing; in memory, because its own syncs are not the
# test. It stays mounted from run to run, with releases and bases for this tool and these scripts.
bank=${BUNDLE_BANK:-/run/bundle-faults}
open_bank() {
    mkdir -p "$bank"
    exec 8>"$bank.lock"
    flock 8
    if ! mountpoint -q "$bank"; then
        truncate -s 12G "$bank.xfs"
        mkfs.xfs -q -m reflink=1 "$bank.xfs"
        mount -o loop "$bank.xfs" "$bank"
    fi
    bank=$bank/$(cat "$tool" "$load" "$faults"/hosts.sh "$faults/look" | sha256sum | cut -c 1-12)${shelf:+-$shelf}
    author=$bank/author stick=$bank/stick
    mkdir -p "$author" "$stick"
    if [ ! -e "$bank/whole" ]; then
        bases
        touch "$bank/whole"
    fi
    flock -u 8
}
close_bank() { [ ! -d "$bank" ] || find "$bank" -maxdepth 1 -name "*-$$.img*" -delete; }
finish_faults() {
    local code=$?
    for name in "${hosts_up[@]}"; do "$host" down "$name" || true; done
    hosts_up=()
    close_bank
    (exit $code)
    finish
}
trap finish_faults EXIT

# boot_from BASE NAME: a host, in $h, on a copy of $bank/BASE.
boot_from() {
    h=$2-$$
    cp --reflink=always "$bank/$1" "$bank/$h.img"
    hosts_up+=("$h")
    "$host" up "$h" --image "$bank/$h.img" --bind-ro "$stick:/media/stick" || { sed -n '$p' "/run/bundle-hosts/$h/log" >&2 && return 1; }
}
# keep_as BASE: the host's disk as it is now, as a base for others; the host ends.
keep_as() {
    "$host" run "$h" -- sync
    "$host" cut "$h"
    cp --reflink=always "$bank/$h.img" "$bank/$1"
    drop
}
drop() {
    local name left=()
    "$host" down "$h"
    rm -f "$bank/$h.img" "$bank/$h.img.cut"
    for name in "${hosts_up[@]}"; do [ "$name" = "$h" ] || left+=("$name"); done
    hosts_up=("${left[@]}")
}

# An empty disk with the tool, the author's key adopted, and nothing installed.
bare_base() {
    truncate -s "${DISK:-1G}" "$bank/empty"
    mkfs.ext4 -q -e remount-ro -N 8192 -E lazy_itable_init=0,lazy_journal_init=0 -J size=16 "$bank/empty"
    boot_from empty bare
    "$host" put "$h" "$tool" /usr/lib/bundle/bundle
    "$host" run "$h" -- ln -s ../lib/bundle/bundle /usr/bin/bundle
    "$host" put "$h" "$author/keys/pond.pub" /root/pond.pub
    "$host" put "$h" "$faults/look" /root/look
    on trust adopt /root/pond.pub --fingerprint "$(bundle key show keys/pond.pub --json | jq -r .fingerprint)" --yes >/dev/null
    keep_as bare
}

# --- the results: one row per distinct fault (verb, fault, outcome, commit), so that a run goes on where the last one stopped

commit=${BUNDLE_COMMIT:-$(git -C "$repository" rev-parse --short HEAD)}
kind=$case_name
went_wrong=0
# With AGAIN only rows of this very commit count.
is_tried() { [ -e "$tried/$kind.tsv" ] && grep -F "$1"$'\t'"$2"$'\t' "$tried/$kind.tsv" | grep -q "${AGAIN:+	$commit\$}"; }
# in_order: lines as they are, or with AGAIN as the commit decides: each one tries others first.
in_order() { if [ -n "${AGAIN:-}" ]; then shuf --random-source=<(yes "$commit"); else cat; fi; }
ends() { exit $((went_wrong > 0)); }
# row VERB FAULT OUTCOME: takes the place of an earlier one of the same fault.
row() {
    local file=$tried/$kind.tsv
    (
        flock 9
        touch "$file"
        { grep -vF "$1"$'\t'"$2"$'\t' "$file" || true; printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$commit"; } | LC_ALL=C sort >"$work/rows"
        cp "$work/rows" "$file"
    ) 9>"$work/../bundle-rows-$kind.lock"
    echo "$1 · $2 · $3"
    case $3 in mixed | person) went_wrong=$((went_wrong + 1)) ;; esac
}
# keep_evidence NAME: of a fault that came out wrong, for who looks into it.
keep_evidence() {
    local to=${FAULT_LOGS:-/tmp/bundle-faults}/$1
    mkdir -p "$to"
    cp "$work/look-$h" "$work/performed" "$work/next" "$to/" 2>/dev/null || true
    "$host" run "$h" -- journalctl --no-pager -o short-precise >"$to/journal" 2>&1 || true
}
budget_ends=$((SECONDS + ${BUDGET:-86400}))
in_budget() { [ $SECONDS -lt $budget_ends ]; }

# --- releases of the small product: 1.0.0, 1.1.0 and 1.2.0, each changing all; what a site can change is one word
amend() {
    echo 'word: tide' >"$author/values.yaml"
    sed -i 's/^services:/values: { defaults: values.yaml }\n&/' "$author/bundle.yaml"
    echo "# {{ name }} {{ version }} in {{ slot }} {{ values.word }}" >"$author/web.txt"
    [ -z "${BALLAST:-}" ] || sed -i 's/^services:/files: [ { from: ballast, to: ballast } ]\n&/' "$author/bundle.yaml"
}
packs() {
    local version
    for version in "$@"; do BAKE=${BAKE:-300ms} DRAIN=${DRAIN:-300ms} pack "$version"; done 2>/dev/null
}
bases() {
    packs 1.0.0 1.1.0 1.2.0
    bare_base
    boot_from bare one && install_release 1.0.0 && keep_as one
    boot_from one two && install_release 1.1.0 && keep_as two
    boot_from one values && "$host" run "$h" -- sh -c 'mkdir -p /etc/pond && echo "word: ebb" >/etc/pond/values.yaml' && keep_as values
}
compile() { gcc -O1 -Wall -Wextra -Werror -o "$work/strike" "$faults/strike.c"; }
