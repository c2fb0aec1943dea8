# SPDX-License-Identifier: Apache-2.0
# A plan names every path, unit and port that the installation then touches, and no other: a snapshot of the whole file
# system, what the service manager did, and who listens, before and after, held against the plan in both directions: with
# jobs, secrets in config, an account, old releases that leave, a service that is gone, and images. The same plan again
# restarts nothing; a changed template touches only the services that read it.
. "$(dirname "$0")/../lib.sh"
amend() {
    sed -i -e 's/^config:/secrets: { token: { required: true } }\n&/' \
        -e 's/^  web.txt: .*/&\n  store.conf: { template: store.conf, sensitive: true }/' \
        -e 's/^    state: \[data\]/&\n    config: [store.conf]/' \
        -e "s/^services:/&${EXTRA:-}/" "$author/bundle.yaml"
    cat >>"$author/bundle.yaml" <<'END'
jobs:
  schema: { like: store, run: [/bin/echo, one], at: start, after: [store], once: a, data: expand }
  smoke: { run: [/bin/echo, two], at: [idle, public] }
END
    echo "secret {{ secret(\"token\") }} ${DEPTH:-1}" >"$author/store.conf"
    [ -z "${MOTTO:-}" ] || echo "# $MOTTO" >>"$author/web.txt"
}
gauge='\n  gauge:\n    run: ["{{ bin }}\/serve", serve, gauge, "{{ listen.http }}", "{{ listen.http.v6 }}"]\n    ports: { http: { port: 8082, expose: host } }\n    state: [level]\n    stop: { timeout: 5s }'
EXTRA=$gauge STORE=1 pack 1.0.0
STORE=1 MOTTO=new pack 1.1.0
STORE=1 MOTTO=new DEPTH=2 pack 1.2.0
STORE=1 MOTTO=new DEPTH=2 pack 1.3.0
inside() { "$host" run "$h" -- sh -c "$1"; }

# What exists, with everything that a change would show. Kernel file systems, what the service manager and the journal keep
# for themselves, and bind mounts of the test change by themselves.
snapshot() {
    inside 'find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /var/log -o -path /run -o -path /var/lib/systemd \
        -o -path /media \) -prune -o ! -type d -printf "%p %T@ %s %m %U %G %l\n"
        find /run /tmp $(ls -d /var/lib/containers 2>/dev/null) -xdev \( -path /run/systemd -o -path /run/log -o -path /run/credentials -o -path /run/user \
        -o -path /run/udev -o -path /run/agetty.reload -o -path "/tmp/systemd-private-*" \) -prune -o ! -type d -printf "%p %T@ %s\n"' | sort -u
}
# What each unit of the host is. Podman's own is started by the boot and ends when nobody asks it.
units() { inside 'for u in $(systemctl list-units --all --plain --no-legend --type=service,socket,timer | cut -d" " -f1); do
    echo "$u $(systemctl show -p InvocationID -p ActiveState --value "$u" | xargs)"; done' | awk 'NF > 2' | grep -vE '^(bundle-|podman|e2scrub|systemd-(tmpfiles|timedated|hostnamed|sysusers|udevd|journald)|user@|session-|run-)' | sort; }
spoken() { "$host" run "$h" -- journalctl -q -o json --since "@$1" _PID=1 | jq -r 'select(.JOB_TYPE != null) | .UNIT // empty' |
    awk '/^(pond|cask)\./ && !/\.target$/' | sort -u; }
# Listening sockets of the product's addresses.
ports() { inside 'ss -Hltn' | awk '$4 ~ /^(169\.254\.77|\[fd77)/ { print $4 }' | sort -u; }

# named LABEL: the entries of one block of the plan.
named() { awk -v l="$1" '/^  [a-z]/ { on = ($1 == l); sub("^  " l " *", "            ") } on { sub("^ +", ""); print }' "$work/plan"; }

check() { # PLAN-ARGUMENT
    status 0 on plan "$1"
    echo "$said" >"$work/plan"
    named path >"$work/named"
    snapshot >"$work/before" && units >"$work/units-before" && ports >"$work/ports-before"
    local since
    since=$(inside 'date +%s.%N')
    status 0 on install "$1" --yes
    sleep 1
    snapshot >"$work/after" && units >"$work/units-after" && ports >"$work/ports-after"
    diff "$work/before" "$work/after" | grep '^[<>]' | awk '{print $2}' | sort -u >"$work/changed" || true
    [ -s "$work/changed" ] || die "nothing was touched: this snapshot would not see it"
    while read -r path; do
        found=no
        while read -r place; do case $path in "$place" | "$place"/*) found=yes ;; esac; done <"$work/named"
        [ "$found" = yes ] || { cat "$work/plan" && die "$path was touched, and the plan does not name it"; }
    done <"$work/changed"
    # Data is the services' own: they may leave it alone. sysusers keeps a copy only of what it changes.
    while read -r place; do
        case $place in /var/lib/pond | /var/lib/cask | /etc/*-) continue ;; esac
        grep -qE "^$place(/|\$)" "$work/changed" || { cat "$work/plan" && die "the plan names $place, which was not touched"; }
    done <"$work/named"

    named unit | awk '{print $1}' | sed '/^none$/d' | sort -u >"$work/units-named"
    spoken "$since" >"$work/units-spoken"
    diff "$work/units-named" "$work/units-spoken" || { cat "$work/plan" && die "the plan names other units than those that the manager started or stopped"; }
    diff "$work/units-before" "$work/units-after" | grep '^[<>]' | awk '{print $2}' | sort -u >"$work/units-changed" || true
    while read -r unit; do
        grep -qx "$unit" "$work/units-named" || { cat "$work/plan" && die "$unit changed, and the plan does not name it"; }
    done <"$work/units-changed"
    # Who listens afterwards is what the plan says, address by address.
    named port | sed -n 's/.* at //p' | tr -d ' ' | tr ',' '\n' | sort -u >"$work/ports-named"
    diff "$work/ports-named" "$work/ports-after" || { cat "$work/plan" && die "the plan names other listening addresses"; }
    say "$(basename "$1"): $(wc -l <"$work/changed") files, $(wc -l <"$work/units-spoken") units and $(wc -l <"$work/ports-named") addresses, exactly those of the plan"
}

ready footprint bookworm
inside 'mkdir -p /etc/pond/secrets && echo hush >/etc/pond/secrets/token && chmod 600 /etc/pond/secrets/token'
check /media/stick/pond-1.0.0-amd64.bundle
store=$(inside 'systemctl show -p InvocationID --value pond.store.service')
status 0 on stage /media/stick/pond-1.1.0-amd64.bundle
check pond@1.1.0
grep -q "go back   bundle rollback pond@1.0.0" "$work/plan" && grep -q "cannot restore" "$work/plan" || die "the plan does not end with its way back"
grep -q "pond.gauge.*stops" "$work/plan" || { cat "$work/plan" && die "the plan does not say that the gauge goes"; }
[ "$store" = "$(inside 'systemctl show -p InvocationID --value pond.store.service')" ] || die "the store was restarted for the web's template"

units >"$work/once"
status 0 on install pond@1.1.0 --yes
has "nothing was changed"
status 0 on install /media/stick/pond-1.1.0-amd64.bundle --yes
status 0 on reconfigure --yes
units >"$work/twice"
diff "$work/once" "$work/twice" || die "the same plan again restarted something"
say "the same plan again restarts nothing; a template of the web's left the store alone"

check /media/stick/pond-1.2.0-amd64.bundle
grep -q "pond.store.service is restarted" "$work/plan" || die "the store's template changed, and it is not replaced"
inside 'echo other >/etc/pond/secrets/token'
check /media/stick/pond-1.3.0-amd64.bundle
grep -q "/opt/pond/releases/1.0.0" "$work/plan" || die "no release left the disk: $(cat "$work/plan")"

# Images: what the container runtime keeps for itself is named as a whole.
PRODUCT=cask
mkdir -p "$author"/{images,share}
"$tests/bay/image" perl "$author/images/perl.tar"
cp "$tests/bay/server.pl" "$author/share/"
cask() {
    cat >"$author/bundle.yaml" <<END
spec: 1
name: cask
arch: [amd64]
files: [ { from: share, to: bay } ]
images: { perl: { archive: images/perl.tar } }
services:
  front:
    image: perl
    args: ["{{ share }}/bay/server.pl", front-$1, "any:80"]
    ports: { http: { port: 80, container: 80, expose: public } }
    health: [ { http: http, path: / } ]
cutover: { health-timeout: 30s, bake: 1s, drain: 1s }
END
    bundle pin >/dev/null
    bundle create "v$1" --key keys/pond.key --codec zstd:3 >"$work/create.log" 2>&1 || { cat "$work/create.log" && die "create v$1"; }
    mv "$author/cask-$1-amd64.bundle" "$stick/"
}
cask 1.0.0
cask 1.1.0
ready casks bookworm-podman
check /media/stick/cask-1.0.0-amd64.bundle
check /media/stick/cask-1.1.0-amd64.bundle
