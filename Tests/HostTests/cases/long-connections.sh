# SPDX-License-Identifier: Apache-2.0
# Connections that were open before an upgrade: a kept-alive one, a WebSocket and a stream of events, to two services with
# different drains. Each goes on with the old release until its service's drain and no longer; `status` names who is there.
. "$(dirname "$0")/../lib.sh"
talk=$tests/talk.py

amend() {
    cp "$talk" "$author/talk.py"
    cat >"$author/bundle.yaml" <<END
spec: 1
name: pond
arch: [amd64]
files: [ { from: talk.py, to: talk.py } ]
services:
  quick:
    run: [/usr/bin/python3, "{{ share }}/talk.py", serve, "$version", "{{ listen.http }}"]
    ports: { http: { port: 8080, expose: public } }
    drain: 5s
  slow:
    run: [/usr/bin/python3, "{{ share }}/talk.py", serve, "$version", "{{ listen.http }}"]
    ports: { http: { port: 8081, expose: public } }
    drain: 15s
cutover: { health-timeout: 20s, bake: 1s, drain: 1s }
END
}
pack 1.0.0
pack 1.1.0
ready long bookworm-kinds
install_release 1.0.0

stays() {
    "$host" client "$h" -- python3 "$talk" open "$1" 192.0.2.1 "$2" "$3" >"$work/$1" &
    background+=($!)
}
stays quick 8080 0
stays slow 8081 0
stays early 8081 leaves
for name in quick slow early; do
    for kind in kept websocket events; do
        for _ in $(seq 100); do grep -q "^$name $kind 1.0.0" "$work/$name" && continue 2 || sleep 0.1; done
        die "$name has no $kind connection: $(<"$work/$name")"
    done
done

on install /media/stick/pond-1.1.0-amd64.bundle --yes >"$work/install" 2>&1 &
installing=$!
# The cutover is when new connections reach the new release; the old one must hold all that were open.
for _ in $(seq 300); do
    case $(answer http://192.0.2.1:8081/) in 1.1.0) break ;; *) sleep 0.1 ;; esac
done
for _ in $(seq 100); do
    on status >"$work/status" 2>&1 || true
    grep -q 'still with the old slow' "$work/status" && break || sleep 0.2
done
said=$(<"$work/status")
has "still with the old quick: 3 connections" "still with the old slow: 6 connections" "192.0.2.2:"
on status --json >"$work/status.json" || true
jq -e '.products[0].draining[] | select(.service == "slow") | .peers | length >= 5' "$work/status.json" >/dev/null || die "$(<"$work/status.json")"
! grep -q ended "$work"/{quick,slow,early} || die "ended before its drain: $(grep ended "$work"/{quick,slow,early})"
# Who leaves before the drain begins is nobody to wait for.
for _ in $(seq 100); do grep -q 'drain the old slot' "$work/install" && break || sleep 0.1; done
kill -USR1 "$("$host" client "$h" -- pgrep -f "talk.py open early")"
wait "$installing" || die "$(<"$work/install")"
said=$(<"$work/install")
# Who leaves by itself is not cut; who stays longer than the drain is cut and counted.
has "quick: 0 connections ended by themselves, 3 cut" "slow: 1 connections ended by themselves, 5 cut"
for name in quick slow early; do
    for _ in $(seq 50); do [ "$(grep -c ended "$work/$name")" = 3 ] && break || sleep 0.1; done
    [ "$(grep -c ended "$work/$name")" = 3 ] || die "$name outlived the old release: $(grep ended "$work/$name")"
    ! grep -q 1.1.0 "$work/$name" || die "an open connection of $name was moved to the new release"
done
[ "$(grep -c 'ended .* left' "$work/early")" = 1 ] || die "$(grep ended "$work/early")"
spans() { grep ended "$work/$1" | cut -d' ' -f4 | sort -n; }
awk -v q="$(spans quick | tail -n 1)" -v s="$(spans slow | head -n 1)" 'BEGIN { exit !(s - q > 5) }' ||
    die "the drains were not each service's own: $(spans quick | tail -n 1) s, $(spans slow | head -n 1) s"
status 0 on status
case $said in *"still with"*) die "$said" ;; esac
say "kept-alive, WebSocket and event stream went on with the old release through the cutover: drain 5s: $(spans quick | xargs) s old at the end, drain 15s: $(spans slow | xargs) s"
say "what was still open was cut and counted; status named who was still connected"
