# SPDX-License-Identifier: Apache-2.0
# The product's own traffic driver, flips of two ports under load from a second namespace and from loopback, IPv4 and
# IPv6, new connections and kept ones: none fails. The same rig, with a table of maps that is re-created at each flip, must
# lose connections, or it would prove nothing. cutover-soak is the long run.
. "$(dirname "$0")/../lib.sh"
flips=${FLIPS:-1500}
control=${CONTROL_FLIPS:-300}

up flips
# Addresses and rules first, then the copies that listen there.
"$host" net "$h" -- "$flip_rig" flip rig 0 2 0 8080,8081 >/dev/null
number=1
for slot in blue green; do
    "$host" net "$h" -- "$load" serve "$slot" "169.254.77.$number:8080" "169.254.77.$number:8081" \
        "[fd77::$number]:8080" "[fd77::$number]:8081" >/dev/null &
    background+=($!)
    number=$((number + 1))
done
sleep 0.5

# both MODE…: load from both sides until flips end; fills $work/remote and $work/local.
under_load() {
    local pids=()
    "$host" client "$h" -- "$load" --workers 3 --mode "$1" --timeout 10 http://192.0.2.1:8080/ 'http://[2001:db8::1]:8081/' \
        >"$work/remote" &
    pids+=($!)
    "$host" net "$h" -- "$load" --workers 2 --mode "$1" --timeout 10 http://127.0.0.1:8081/ http://192.0.2.1:8080/ \
        'http://[::1]:8080/' >"$work/local" &
    pids+=($!)
    shift
    sleep 0.5
    "$host" net "$h" -- "$flip_rig" flip rig 0 "$@" >"$work/flips"
    kill "${pids[@]}"
    wait "${pids[@]}" || true
}

failed() { jq -s 'map(.failed + .cut_new) | add' "$work/remote" "$work/local"; }
total() { jq -s "map(.$1) | add" "$work/remote" "$work/local"; }

under_load both "$flips" 0 8080,8081
say "$(total requests) requests, $(total connections) connections, over $flips flips: $(failed) failed;" \
    "longest $(jq -s 'map(.max_ms) | max' "$work/remote" "$work/local") ms;" \
    "a flip takes $(field "$work/flips" .p50_us) us (p99 $(field "$work/flips" .p99_us) us)"
[ "$(failed)" = 0 ] || { cat "$work/remote" "$work/local" && die "requests failed"; }
for side in remote local; do
    jq -e '[.targets[].answers | (.blue > 0 and .green > 0)] | all' "$work/$side" >/dev/null || die "no copy was left ($side)"
done

# A re-created table with named maps loses a handful in thousands of flips: short rounds, so that the first loss ends it.
"$host" net "$h" -- nft delete table inet bundle_rig
"$host" net "$h" -- "$flip_rig" flip rig 0 2 0 8080,8081 --recreate-table >/dev/null
for try in {1..25}; do
    under_load new "$control" 0 8080,8081 --recreate-table
    say "control: the table re-created $control times: $(failed) of $(total requests) requests failed, as they must"
    [ "$(failed)" = 0 ] || break
    [ "$try" -lt 25 ] || die "the control lost nothing: this rig would not see a loss"
done
