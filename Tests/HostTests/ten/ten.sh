# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Ten services on one host, sourced by one case for each Debian release, which sets $suite: four with one writer and state,
# six side by side, a PostgreSQL of the site's, gRPC between two of them, a static site by the host's nginx, two
# containers, three jobs. Installed, upgraded $upgrades times under load from another host, and taken back.
. "$(dirname "$0")/../lib.sh"
ten=$tests/ten
upgrades=${UPGRADES:-${upgrades:-10}}
mkdir -p "$author/keys"
bundle key generate -o keys/quay.key --no-password >/dev/null

# pack_ten N STATEFUL: writes release 1.0.N to the stick; STATEFUL is the version of the four with state.
pack_ten() {
    "$ten/release" "1.0.$1" "$2" "${BAKE:-1s}" "$author"
    bundle pin >/dev/null
    bundle create "v1.0.$1" --key keys/quay.key --codec zstd:1 >"$work/create.log" 2>&1 || {
        cat "$work/create.log" >&2
        die "create v1.0.$1"
    }
    mv "$author/quay-1.0.$1-amd64.bundle" "$stick/"
}
# Odd releases change all ten; even ones leave the four with state alone.
stateful() { echo "1.0.$(($1 - ($1 > 0 && $1 % 2 == 0)))"; }
install_ten() { status 0 on install "/media/stick/quay-1.0.$1-amd64.bundle" --yes; }

# --- what the site has: a database, a role with a password, and the secret
site() {
    "$host" run "$h" -- sh -c '
        until pg_isready -q -h 127.0.0.1; do sleep 0.1; done
        cd / && runuser -u postgres -- psql -q -c "CREATE ROLE quay LOGIN PASSWORD '\''open-sesame'\''" -c "CREATE DATABASE quay OWNER quay"'
    printf open-sesame >"$work/password" && chmod 600 "$work/password"
    "$host" put "$h" "$work/password" /etc/quay/secrets/PGPASSWORD
}
ready_ten() {
    up "ten-$suite" --root "$suite-full" --bind-ro "$stick:/media/stick"
    "$host" put "$h" "$tool" /usr/lib/bundle/bundle
    "$host" run "$h" -- ln -s ../lib/bundle/bundle /usr/bin/bundle
    "$host" put "$h" "$author/keys/quay.pub" /root/quay.pub
    on trust adopt /root/quay.pub --fingerprint "$(bundle key show keys/quay.pub --json | jq -r .fingerprint)" --yes >/dev/null
    site
}

# --- clients: three kinds on another host, one on this one
loads_begin() {
    "$host" client "$h" -- "$load" --retry --timeout 90 --workers 2 --mode both --pause 5 http://192.0.2.1:80/index.html 'http://[2001:db8::1]:80/index.html' \
        http://192.0.2.1:8080/health 'http://[2001:db8::1]:8080/health' nats://192.0.2.1:4333 http://192.0.2.1:23790/metrics \
        >"$work/beside.json" &
    loading=($!)
    "$host" client "$h" -- "$load" --retry --timeout 90 --workers 1 --mode both --pause 20 http://192.0.2.1:8080/ledger/metrics \
        http://192.0.2.1:8080/machine/metrics >"$work/through.json" &
    loading+=($!)
    "$host" client "$h" -- "$load" --retry --timeout 90 --workers 2 --mode both --pause 5 nats://192.0.2.1:4222 http://192.0.2.1:9090/-/ready \
        http://192.0.2.1:5000/v2/ >"$work/held.json" &
    loading+=($!)
    "$host" net "$h" -- "$load" --retry --timeout 90 --workers 1 --mode both --pause 5 http://127.0.0.1:9100/metrics http://127.0.0.1:80/index.html \
        >"$work/here.json" &
    loading+=($!)
    "$host" client "$h" -- "$ten/grpc" "$author/bin/etcdctl" 192.0.2.1:23790 >"$work/grpc.json" &
    loading+=($!)
    "$host" client "$h" -- "$tests/demo/events" write 192.0.2.1 4222 >"$work/events.json" &
    loading+=($!)
    background+=("${loading[@]}")
    sleep 1
}
loads_end() {
    sleep 1
    kill "${loading[@]}"
    wait "${loading[@]}" || true
    local all=("$work"/{beside,through,held,here}.json) failed
    requests=$(jq -s 'map(.requests) | add' "${all[@]}" "$work/grpc.json")
    failed=$(jq -s 'map(.failed) | add' "${all[@]}" "$work/grpc.json")
    jq -r '.targets[] | "\(.target): \(.requests) requests, \(.failed) failed, \(.retried) retried, longest \(.max_ms | floor) ms"' "${all[@]}" |
        while read -r line; do say "  $line"; done
    say "  gRPC through lease: $(jq -c . "$work/grpc.json")"
    say "  events: $(jq -c . "$work/events.json")"
    [ "$failed" = 0 ] || { jq . "${all[@]}" >&2 && die "$failed of $requests requests failed"; }
}

# runs N: release 1.0.N serves, whole.
runs() {
    [[ $(answer http://192.0.2.1:80/index.html) = *"quay 1.0.$1"* ]] || die "the site is $(answer http://192.0.2.1:80/index.html)"
    [[ $(answer http://192.0.2.1:8080/ledger/metrics) = *"ledger_entries_count"*" 1"* ]] || die "the ledger does not answer"
    status 0 "$host" run "$h" -- sh -c "readlink -f /opt/quay/current | grep /1.0.$1-"
}
writers() { "$host" run "$h" -- systemctl show -p InvocationID --value quay.journal.service quay.keys.service quay.metrics.service quay.library.service; }

pack_ten 0 "$(stateful 0)"
ready_ten
began=$SECONDS
status 0 on plan /media/stick/quay-1.0.0-amd64.bundle
install_ten 0
runs 0
say "first installation of ten services: $((SECONDS - began)) s"
status 0 on status
"$host" client "$h" -- "$author/bin/etcdctl" --endpoints 192.0.2.1:23790 put smoke works >/dev/null

for number in $(seq "$upgrades"); do pack_ten "$number" "$(stateful "$number")"; done
say "$((upgrades + 1)) releases packed, $(stat -c %s "$stick/quay-1.0.0-amd64.bundle" | numfmt --to=si)B each"
loads_begin
began=$SECONDS each=
for number in $(seq "$upgrades"); do
    before=$(writers)
    from=$SECONDS
    install_ten "$number"
    each="$each $((SECONDS - from))"
    runs "$number"
    if [ "$(stateful "$number")" = "$(stateful $((number - 1)))" ]; then
        [ "$before" = "$(writers)" ] || die "1.0.$number touched a service that did not change"
    fi
done
say "$upgrades upgrades in $((SECONDS - began)) s, each:$each"
status 0 on rollback --yes
runs $((upgrades - 1))
loads_end
kept=$("$host" client "$h" -- "$tests/demo/events" count 192.0.2.1 4222)
[ "$kept" -ge "$(jq .acknowledged "$work/events.json")" ] || die "acknowledged events are gone: $kept"
[ "$("$host" client "$h" -- "$author/bin/etcdctl" --endpoints 192.0.2.1:23790 get smoke --print-value-only)" = works ] || die "a key is gone"
status 0 on status
say "0 of $requests requests failed in $upgrades upgrades and one rollback; $kept events kept"
