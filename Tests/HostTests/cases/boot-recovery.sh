# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Ten services, and the power goes: recovery has queued every start job, with rules in place, before any of them starts. How
# soon after the boot began, and how long a recovery takes that has nothing to do, is said, not judged: machines differ.
. "$(dirname "$0")/../lib.sh"
amend() {
    local number
    for number in $(seq 8); do
        cat <<END_OF_SERVICE
  side$number:
    run: ["{{ bin }}/serve", serve, side$number-$version, "{{ listen.http }}", "{{ listen.http.v6 }}"]
    ports: { http: { port: $((8100 + number)), expose: public } }
    health: [ { http: http, path: /, status: 200, body: side$number, interval: 100ms } ]
END_OF_SERVICE
    done >"$work/services"
    sed -i -e "/^cutover:/{
        r $work/services
        N
    }" "$author/bundle.yaml"
    # `r` writes behind the line: cutover goes to the end.
    { grep -v '^cutover:' "$author/bundle.yaml" && grep '^cutover:' "$author/bundle.yaml"; } >"$work/spec"
    cp "$work/spec" "$author/bundle.yaml"
}
pack 1.0.0
BAKE=6s pack 1.1.0
ready boot bookworm
install_release 1.0.0

# queued WHAT: ten services run, and none of them before recovery began; when it had ended, by when all were queued.
show() { "$host" run "$h" -- systemctl show --value -p "$1" ${2:+"$2"}; }
queued() {
    local began from ended unit units
    for _ in $(seq 100); do
        units=$("$host" run "$h" -- systemctl list-units --plain --no-legend --state=active 'pond.*.service' | cut -d ' ' -f 1)
        [ "$(wc -w <<<"$units")" = 10 ] && break || sleep 0.2
    done
    began=$(show UserspaceTimestampMonotonic)
    from=$(show ExecMainStartTimestampMonotonic bundle-boot.service) ended=$(show ExecMainExitTimestampMonotonic bundle-boot.service)
    [ "$(wc -w <<<"$units")" = 10 ] || die "$1: $units run"
    for unit in $units; do
        [ "$(show InactiveExitTimestampMonotonic "$unit")" -gt "$from" ] || die "$1: $unit began before recovery"
    done
    say "$1: all ten start jobs were queued $(((ended - began) / 1000)) ms after the boot began, by a recovery that took $(((ended - from) / 1000)) ms"
}
"$host" cut "$h"
"$host" start "$h"
queued "a boot with nothing to recover"
serves 1.0.0
status 0 on recover
has "nothing to recover"
took=$("$host" run "$h" -- bash -c 'TIMEFORMAT=%R; time bundle recover >/dev/null' 2>&1)
say "a recovery with nothing to do takes $took s"

# at STEP: the power goes behind the intent of that step of an upgrade.
at() {
    on install /media/stick/pond-1.1.0-amd64.bundle --yes >"$work/install" 2>&1 &
    background+=($!)
    for _ in $(seq 200); do
        "$host" run "$h" -- grep -q "\"intent\":\"$1\"" /var/lib/bundle/pond/journal 2>/dev/null && break || sleep 0.05
    done
    "$host" cut "$h"
    "$host" start "$h"
}
at start
queued "a cut while the idle slot starts"
serves 1.0.0
at bake
queued "a cut in the bake"
serves 1.1.0
