# SPDX-License-Identifier: Apache-2.0
# The long run behind docs/cutover.md: flips under load from a second namespace and from loopback, IPv4 and IPv6, then 50
# Alone: it measures.
# services in one transaction, then the controls that must lose connections. Only where SOAK_FLIPS says how many
# (`make cutover-soak`): bare-flips is the bounded part that always runs.
. "$(dirname "$0")/../lib.sh"
flips=${SOAK_FLIPS:-0}
[ "$flips" -gt 0 ] || { say "left out: SOAK_FLIPS is not set (make cutover-soak)" && exit 0; }

up soak
"$host" net "$h" -- "$flip_rig" flip rig 0 2 0 8080,8081 >/dev/null
number=1
for slot in blue green; do
    "$host" net "$h" -- "$load" serve "$slot" "169.254.77.$number:8080" "169.254.77.$number:8081" \
        "[fd77::$number]:8080" "[fd77::$number]:8081" >/dev/null &
    background+=($!)
    number=$((number + 1))
done
sleep 0.5

failed() { jq -s 'map(.failed + .cut_new) | add' "$work/remote" "$work/local"; }
total() { jq -s "map(.$1) | add" "$work/remote" "$work/local"; }

# under_load COMMAND…: new connections without pause from both sides, until the command ends; its answer is $work/answer.
under_load() {
    local pids=()
    "$host" client "$h" -- "$load" --workers 3 --mode new --timeout 10 http://192.0.2.1:8080/ 'http://[2001:db8::1]:8081/' \
        >"$work/remote" &
    pids+=($!)
    "$host" net "$h" -- "$load" --workers 2 --mode new --timeout 10 http://127.0.0.1:8081/ 'http://[::1]:8080/' >"$work/local" &
    pids+=($!)
    sleep 0.5
    "$@" >"$work/answer"
    kill "${pids[@]}"
    wait "${pids[@]}" || true
}
row() {
    say "| $1 | $2 | $(total connections) | $(jq -s 'map(.connections / .seconds) | add | floor' "$work/remote" "$work/local")" \
        "| $(failed) | $(jq -s 'map(.max_ms) | max' "$work/remote" "$work/local") |"
}

say "| what | flips | connections | a second | failed | slowest ms |"
under_load "$host" net "$h" -- "$flip_rig" flip rig 0 "$flips" 0 8080,8081
row "the driver" "$flips"
[ "$(failed)" = 0 ] || { cat "$work/remote" "$work/local" && die "connections failed"; }
for side in remote local; do
    jq -e '[.targets[].answers | (.blue > 0 and .green > 0)] | all' "$work/$side" >/dev/null || die "no copy was left ($side)"
done
say "a flip of 2 ports under load: $(field "$work/answer" .p50_us) us, p99 $(field "$work/answer" .p99_us) us"

# 50 services in one transaction, on a machine that does nothing else: what a flip costs, not what the load does to it.
ports=$(seq -s, 9000 9049)
"$host" net "$h" -- "$flip_rig" flip rig 0 "${SOAK_WIDE:-1000}" 0 "$ports" >"$work/wide"
say "50 services in one transaction: $(field "$work/wide" .p50_us) us, p99 $(field "$work/wide" .p99_us) us"
[ "$(field "$work/wide" .p99_us)" -lt 50000 ] || say "p99 is above 50 ms: on a busy machine the start of nft is"

# Controls. Each must lose something, or this rig would not see a loss; a few in thousands, so chance gets more tries.
control=${SOAK_CONTROL:-3000}
"$host" net "$h" -- nft delete table inet bundle_rig
for way in --recreate-table --anonymous-map; do
    # Before the load: what goes from one way to the other may lose some, too.
    "$host" net "$h" -- "$flip_rig" flip rig 0 2 0 8080,8081 "$way" >/dev/null
    for try in 1 2 3 4; do
        under_load "$host" net "$h" -- "$flip_rig" flip rig 0 "$control" 0 8080,8081 "$way"
        row "control: $way" "$control"
        [ "$(failed)" = 0 ] || break
        [ "$try" -lt 4 ] || die "the control $way lost nothing"
    done
done
