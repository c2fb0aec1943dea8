# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What every host test starts from. A test is a file cases/NAME.sh that sources this, in a shell of its own.
set -euo pipefail
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$tests/../.." && pwd)
host=$tests/../Support/host/host
load=${BUNDLE_LOAD:-$repository/.build-dist/rig/load}
tool=${BUNDLE_TOOL:-$repository/.build-dist/bundle}
flip_rig=${BUNDLE_FLIP_RIG:-$repository/.build/debug/FlipRig}
case_name=$(basename "$0" .sh)
work=$(mktemp -d "${TMPDIR:-/tmp}/bundle-$case_name.XXXXXX")
hosts_up=()
background=()

finish() {
    local status=$? name pid
    set +e
    for pid in "${background[@]}"; do kill "$pid" 2>/dev/null; done
    for name in "${hosts_up[@]}"; do
        if [ $status -ne 0 ]; then
            echo "--- $name: the end of its journal"
            "$host" run "$name" -- journalctl --no-pager -n 40 2>/dev/null
        fi
        "$host" down "$name"
    done
    rm -rf "$work"
    exit $status
}
trap finish EXIT

say() { echo "  $case_name: $*"; }
die() {
    echo "  $case_name: FAILED: $*" >&2
    exit 1
}

# up NAME [option of `host up`]…: NAME is made unique, so that runs side by side do not meet; its full name is in $h.
up() {
    h=$1-$$
    shift
    "$host" up "$h" "$@"
    hosts_up+=("$h")
}

# status WANTED COMMAND…: the command ends with WANTED; what it said is in $said.
status() {
    local wanted=$1 got=0
    shift
    said=$("$@" 2>&1) || got=$?
    [ "$got" = "$wanted" ] || {
        echo "$said" >&2
        die "exit status $got, wanted $wanted: $*"
    }
}

# has TEXT…: what the last `status` said contains each.
has() {
    local text
    for text in "$@"; do
        case $said in *"$text"*) ;; *)
            echo "$said" >&2
            die "it does not say: $text"
            ;;
        esac
    done
}

# Conntrack of a test host keeps closed connections for two minutes; at these rates its table would be full before.
quick_conntrack() {
    "$host" net "$1" -- sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_time_wait=1 \
        net.netfilter.nf_conntrack_tcp_timeout_close=1 net.netfilter.nf_conntrack_tcp_timeout_close_wait=2 2>/dev/null || true
}

field() { jq -r "$2" "$1"; }
