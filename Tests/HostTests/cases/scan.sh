# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# From a second host, every TCP port of every address of the first, IPv4 and IPv6, before, during and after a cutover: the
# public ports answer and no other does. With the ruleset flushed, nothing answers that is not public.
. "$(dirname "$0")/../lib.sh"
# Beside the public ports 80 and 8081: one for this machine, one for the slot, and one that everybody may see on 8090.
amend() {
    sed -i 's|^  web:|  inner:\n    run: ["{{ bin }}/serve", serve, inner-'"$version"', "{{ listen.http }}", "{{ listen.http.v6 }}", "{{ listen.peer }}", "{{ listen.more }}", "{{ listen.more.v6 }}"]\n    ports:\n      http: { port: 7000, expose: host }\n      peer: { expose: slot, port: 7001 }\n      more: { port: 8090, expose: public }\n    health: [ { http: http, interval: 100ms } ]\n&|' "$author/bundle.yaml"
}
export BAKE=6s DRAIN=2s
pack 1.0.0
pack 1.1.0
ready scan bookworm
install_release 1.0.0
serves 1.0.0

# The addresses that the wire has, and those of the slots, to which a neighbour would have to make a route by hand.
link=$("$host" run "$h" -- ip -6 -brief address show up0 scope link | awk '{ print $3 }' | cut -d / -f 1)
[ -n "$link" ] || die "the host has no link-local address"
reachable=(192.0.2.1 2001:db8::1 "$link%up0")
slots=()
for number in 1 2 3; do slots+=("169.254.77.$number" "fd77::$number"); done
"$host" client "$h" -- ip route add 169.254.77.0/24 via 192.0.2.1
"$host" client "$h" -- ip -6 route add fd77::/64 via 2001:db8::1

# scan NAME TIMEOUT ADDRESS…: open ports to $work/NAME, one `ADDRESS PORT` a line.
scan() {
    local name=$1 timeout=$2
    shift 2
    "$host" client "$h" -- "$load" scan --timeout "$timeout" "$@" >"$work/$name" 2>"$work/$name.counts" ||
        die "the scan $name: $(<"$work/$name.counts")"
}
# A silent port of an address of the wire may be one in the hold: it is waited for, as a client would.
exactly_public() {
    local address wanted name=$1
    shift
    [ $# -gt 0 ] || set -- "${reachable[@]}"
    wanted=$(for address; do printf '%s\n' "$address 80" "$address 8081" "$address 8090"; done | sort)
    [ "$(sort "$work/$name")" = "$wanted" ] || {
        diff <(echo "$wanted") <(sort "$work/$name") >&2
        die "$name: not the public ports"
    }
}
nothing() {
    [ ! -s "$work/$1" ] || {
        cat "$work/$1" >&2
        die "$1: these answer"
    }
}

# There is something to be found: from the host itself its own ports answer.
[ "$("$host" net "$h" -- curl -s http://127.0.0.1:7000/)" = inner-1.0.0 ] || die "the host's own port does not answer it"
scan before 25 "${reachable[@]}"
exactly_public before
scan slots-before 0.5 "${slots[@]}"
nothing slots-before
say "before: $(sort "$work/before" | cut -d ' ' -f 2 | sort -nu | xargs) and no other of 65,535 ports at ${#reachable[@]} addresses;" \
    "nothing at the slots' ${#slots[@]}"

# Scans follow each other as long as the installation goes on; what one saw must be right at every moment of it.
on install /media/stick/pond-1.1.0-amd64.bundle --yes >"$work/install" 2>&1 &
installing=$!
rounds=0
while kill -0 $installing 2>/dev/null; do
    rounds=$((rounds + 1))
    scan "during-$rounds" 25 192.0.2.1 2001:db8::1
    exactly_public "during-$rounds" 192.0.2.1 2001:db8::1
    scan "slots-during-$rounds" 0.5 "${slots[@]:2:2}"
    nothing "slots-during-$rounds"
done
wait $installing || { cat "$work/install" >&2 && die "the upgrade"; }
serves 1.1.0
say "during: the same in each of $rounds scans while 1.1.0 came in"
scan after 25 "${reachable[@]}"
exactly_public after
scan slots-after 0.5 "${slots[@]}"
nothing slots-after

# Rules gone: public ports are down too (they lead nowhere), and nothing else comes in. The routes by hand go as well:
# with them and without rules, a neighbour on the same wire could reach the slots' addresses (docs/operations.md).
"$host" client "$h" -- ip route delete 169.254.77.0/24
"$host" client "$h" -- ip -6 route delete fd77::/64
unwatched
"$host" run "$h" -- nft flush ruleset
scan flushed 3 "${reachable[@]}"
nothing flushed
status 0 on recover
scan again 25 "${reachable[@]}"
exactly_public again
seconds=$(sed -n 's/.* in \([0-9.]*\) s/\1/p' "$work/after.counts" | awk '{ s += $1 } END { print s }')
say "flushed: nothing answers; after recover the public ports again. One scan of ${#reachable[@]} addresses takes $seconds s"
