# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What every host test starts from. A test is a file cases/NAME.sh that sources this, in a shell of its own.
set -Eeuo pipefail
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

# What failed is said last, where the end of a log is read first.
reason=
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
    [ $status -eq 0 ] || echo "  $case_name: FAILED: ${reason:-a command failed}" >&2
    rm -rf "$work"
    exit $status
}
trap finish EXIT
trap 'reason=${reason:-"${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND ended with $?"}' ERR

say() { echo "  $case_name: $*"; }
die() {
    reason=$*
    echo "  $case_name: $*" >&2
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

field() { jq -r "$2" "$1"; }

# --- a small product, `pond` (or $PRODUCT): web (blue-green, IPv4 and IPv6), store (one writer), both of the rig's own static server

author=$work/author
bundle() { (cd "$author" && "$tool" "$@"); }

# sources VERSION: the spec of that release, in $author. STORE names the version that the store has (default: VERSION), so
# that a test can tell whether it was touched; HEALTH what the web's health check wants to read; WEB and STORE_FLAGS how
# each misbehaves (`--flag, N, `: flags of `load serve`). A case that wants more defines `amend`, which changes the spec.
amend() { :; }
sources() {
    local version=$1
    mkdir -p "$author/bin" "$author/keys"
    cp "$load" "$author/bin/serve"
    [ -e "$author/keys/pond.key" ] || bundle key generate -o keys/pond.key --no-password >/dev/null
    cat >"$author/bundle.yaml" <<END
spec: 1
name: ${PRODUCT:-pond}
arch: [amd64]
binaries: [ { from: bin/serve, as: serve } ]
config:
  web.txt: { template: web.txt }
services:
  store:
    run: ["{{ bin }}/serve", serve, ${STORE_FLAGS:-}store-${STORE:-$version}, "{{ listen.http }}", "{{ listen.http.v6 }}"]
    ports: { http: { port: ${STORE_PORT:-8081}, expose: public } }
    state: [data]
    health: [ { http: http, path: /, status: 200, body: store, interval: 100ms } ]
    hold: 20s
    stop: { signal: SIGTERM, timeout: 5s }
  web:
    run: ["{{ bin }}/serve", serve, ${WEB:-}web-$version, "{{ listen.http }}", "{{ listen.http.v6 }}"]
    config: [web.txt]
    after: [store]
    ports: { http: { port: ${WEB_PORT:-80}, expose: public } }
    health: [ { http: http, path: /, status: 200, body: "${HEALTH:-web}", interval: 100ms } ]
cutover: { health-timeout: ${HEALTH_TIMEOUT:-10s}, bake: ${BAKE:-1s}, drain: ${DRAIN:-1s} }
END
    echo "# {{ name }} {{ version }} in {{ slot }}" >"$author/web.txt"
    amend
}

# pack VERSION: writes $stick/pond-VERSION-amd64.bundle.
stick=$work/stick
mkdir -p "$stick"
pack() {
    local file=${PRODUCT:-pond}-$1-amd64.bundle
    sources "$1"
    rm -f "$author/$file"
    bundle create "v$1" --key keys/pond.key --codec zstd:3 >"$work/create.log" 2>&1 || {
        cat "$work/create.log" >&2
        die "create v$1"
    }
    mv "$author/$file" "$stick/"
}

# ready NAME ROOT [option of `host up`]…: a host with the tool, the stick and the author's key adopted; its full name is in $h.
ready() {
    local name=$1 root=$2
    shift 2
    up "$name" --root "$root" --bind-ro "$stick:/media/stick" "$@"
    "$host" put "$h" "$tool" /usr/lib/bundle/bundle
    "$host" run "$h" -- ln -s ../lib/bundle/bundle /usr/bin/bundle
    "$host" put "$h" "$author/keys/pond.pub" /root/pond.pub
    local fingerprint
    fingerprint=$(bundle key show keys/pond.pub --json | jq -r .fingerprint)
    on trust adopt /root/pond.pub --fingerprint "$fingerprint" --yes >/dev/null
}
on() { "$host" run "$h" -- bundle "$@"; }
install_release() { status 0 on install "/media/stick/${PRODUCT:-pond}-$1-amd64.bundle" --yes; }

# unwatched: nobody puts rules back by itself, until the next run or recovery. 5: nobody did before either.
unwatched() { "$host" run "$h" -- systemctl stop bundle-watch.service || [ $? = 5 ]; }

# answers PATH-OF-PORT WANTED: what remote clients read, IPv4 and IPv6.
answer() { "$host" client "$h" -- curl -gfsS --max-time 25 "$1" 2>&1 || true; }
serves() {
    local at
    for at in 192.0.2.1 '[2001:db8::1]'; do
        [ "$(answer "http://$at:80/")" = "web-$1" ] || die "web at $at: $(answer "http://$at:80/"), not web-$1"
        [ "$(answer "http://$at:8081/")" = "store-${2:-$1}" ] || die "store at $at: $(answer "http://$at:8081/"), not store-${2:-$1}"
    done
}

# load_begins, load_ends: clients on both sides of the wire; a failed request fails the test. $requests has their number.
load_begins() {
    "$host" client "$h" -- "$load" --workers 3 --mode both --pause 2 http://192.0.2.1:80/ 'http://[2001:db8::1]:80/' \
        http://192.0.2.1:8081/ 'http://[2001:db8::1]:8081/' >"$work/remote" &
    loading=($!)
    "$host" net "$h" -- "$load" --workers 2 --mode both --pause 2 http://127.0.0.1:80/ 'http://[::1]:80/' \
        http://127.0.0.1:8081/ >"$work/local" &
    loading+=($!)
    background+=("${loading[@]}")
    sleep 0.5
}
load_ends() {
    kill "${loading[@]}"
    wait "${loading[@]}" || true
    local sum
    requests=$(jq -s 'map(.requests) | add' "$work/remote" "$work/local")
    sum=$(jq -s 'map(.failed) | add' "$work/remote" "$work/local")
    longest_green=$(jq -s '[.[].targets[] | select(.target | contains(":80/")) | .max_ms] | max | floor' "$work/remote" "$work/local")
    longest_held=$(jq -s '[.[].targets[] | select(.target | contains(":8081/")) | .max_ms] | max | floor' "$work/remote" "$work/local")
    cut=$(jq -s 'map(.cut_kept + .cut_new) | add' "$work/remote" "$work/local")
    [ "$sum" = 0 ] || { cat "$work/remote" "$work/local" && die "$sum of $requests requests failed"; }
}
