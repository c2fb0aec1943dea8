# SPDX-License-Identifier: Apache-2.0
# The site's side of a release: host.yaml, values of the host, certificates, secrets as environment and in config. What is
# wrong is refused with every reason and changes nothing; what is secret is where it was asked for, and nowhere else.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../certificates.sh"

cove() {
    local version=$1
    mkdir -p "$author/bin" "$author/keys"
    cp "$load" "$author/bin/serve"
    [ -e "$author/keys/pond.key" ] || bundle key generate -o keys/pond.key --no-password >/dev/null
    cat >"$author/bundle.yaml" <<END
spec: 1
name: cove
arch: [amd64]
binaries: [ { from: bin/serve, as: serve } ]
values: { defaults: values.yaml }
secrets:
  API_KEY: { about: key of a model provider }
  db-password:
  tls.key:
  tls.crt: { certificate-for: tls.key, names: ["{{ values.domain }}", twin.lan] }
config:
  store.conf: { template: store.conf, sensitive: true, check: [/bin/grep, -q, "^requirepass", "{{ file }}"] }
  facts.conf: { template: facts.conf }
services:
  store:
    run: [/bin/sh, -c, 'cat "\$0" >{{ state.data }}/conf; env >{{ state.data }}/env; exec {{ bin }}/serve serve store {{ listen.http }} {{ listen.http.v6 }}', "{{ credentials.store }}/store.conf"]
    secrets: [ { API_KEY: env } ]
    config: [store.conf]
    env: { PEERS: '{{ values.peers|join:"," }}', ODD: '{{ values.odd }}' }
    state: [data]
    ports: { http: { port: 8081 } }
    limits: { memory: ${LIMIT:-64M} }
    hold: 10s
    stop: { timeout: 5s }
  web:
    run: ["{{ bin }}/serve", serve, web-$version, "{{ listen.http }}", "{{ listen.http.v6 }}"]
    config: [facts.conf]
    secrets: [tls.key, tls.crt]
    ports: { http: { port: 80, expose: public } }
    limits: { memory: 64M }
cutover: { health-timeout: 20s, bake: 1s, drain: 1s }
END
    echo 'requirepass {{ secret("db-password")|quote }}' >"$author/store.conf"
    echo '{{ host.name }} {{ host.address }} {{ host.cpus }} {{ host.memory }} {{ values.node }}' >"$author/facts.conf"
    printf 'domain: cove.lan\npeers: [a, b, c]\nnode: 1\nodd: none\n' >"$author/values.yaml"
    (cd "$author" && "$tool" create "v$version" --key keys/pond.key --codec zstd:3) >"$work/create.log" 2>&1 || {
        cat "$work/create.log" >&2
        die "create v$version"
    }
    mv "$author/cove-$version-amd64.bundle" "$stick/"
}
# give ID: standard input becomes the secret.
give() {
    cat >"$work/secret"
    chmod 600 "$work/secret"
    "$host" run "$h" -- install -d -m 700 /etc/cove/secrets
    "$host" put "$h" "$work/secret" "/etc/cove/secrets/$1"
}
site() { "$host" run "$h" -- sh -c "cat >/etc/cove/$1"; }
in_host() { "$host" run "$h" -- sh -c "$1"; }
untouched() { [ -z "$(in_host 'ls -d /opt/cove /etc/systemd/system/cove* 2>/dev/null')" ] || die "something changed: $1"; }
release() { echo "/media/stick/cove-$1-amd64.bundle"; }

cove 1.0.0
ready site "${SITE_ROOT:-bookworm}"
in_host 'mkdir -p /etc/cove /srv'

# --- host.yaml is held to the release; every mistake at once, with its place and the nearest name
printf 'ports: { web.htp: 8080 }\nstate: { store.dta: /srv/cove }\n' | site host.yaml
status 78 on plan "$(release 1.0.0)"
has '/etc/cove/host.yaml:1' 'web.htp; did you mean web.http?' '/etc/cove/host.yaml:2' 'store.dta; did you mean store.data?'
printf 'ports: { web.http: 8443 }\nstate: { store.data: /srv/cove }\nvalues: { node: 2 }\naddress: twin.lan\n' | site host.yaml
printf 'node: 9\nodd: "100%% \\"sure\\" $HOME"\n' | site values.yaml

# --- secrets and certificates: all that is wrong at once, exit 1, nothing changed
odd_key=$(printf 'sk-"quoted"\\ and $HOME `id` %%n\nsecond line')
printf 'sk\0x' | give API_KEY
status 1 on plan "$(release 1.0.0)"
has 'the secret API_KEY' 'holds a NUL' 'the secret db-password is missing' 'the secret tls.crt is missing'
printf '%s\n' "$odd_key" | give API_KEY
printf 'hunter2 "x"\n' | give db-password
certificate right 300 'DNS:cove.lan,DNS:twin.lan'
certificate soon 10 'DNS:COVE.lan,DNS:twin.lan,IP:192.0.2.1'
certificate expired -10 'DNS:cove.lan'
certificate other 300 'DNS:other.lan,IP:192.0.2.1'
give tls.key <"$certs/right.key"
give tls.crt <"$certs/expired.crt"
status 1 on install "$(release 1.0.0)" --yes
has 'the certificate tls.crt' 'are not a pair' 'is not for twin.lan; it is for cove.lan' 'expired on'
give tls.crt <"$certs/other.crt"
status 1 on plan "$(release 1.0.0)"
has 'are not a pair' 'is not for cove.lan, twin.lan; it is for other.lan, 192.0.2.1'
case $said in *expired*) die "a certificate that is in date is called expired" ;; esac
echo nonsense | give tls.crt
status 1 on plan "$(release 1.0.0)"
has 'is no PEM certificate'
untouched 'certificates that cannot be used'
for kind in RSA:rsa EC:ec; do
    KIND=${kind%:*}
    if [ "$KIND" = RSA ]; then
        openssl genrsa -traditional -out "$certs/${kind#*:}.key" 2048 2>/dev/null
    else
        openssl ecparam -name secp384r1 -genkey -noout -out "$certs/${kind#*:}.key"
    fi
    certificate "${kind#*:}" 300 'DNS:cove.lan,DNS:twin.lan'
    give tls.key <"$certs/${kind#*:}.key"
    cat "$certs/${kind#*:}.crt" "$certs/right.crt" | give tls.crt
    status 0 on plan "$(release 1.0.0)"
done
say "certificates that are no pair, expired, of another name or nonsense are refused with every reason; RSA, EC and Ed25519 pass"

# --- state that host.yaml moves to where somebody else's data is
in_host 'mkdir -p /srv/cove && echo mine >/srv/cove/theirs'
give tls.key <"$certs/soon.key"
give tls.crt <"$certs/soon.crt"
status 1 on plan "$(release 1.0.0)"
has '/srv/cove is there and belongs to user 0'
in_host 'rm -r /srv/cove'
LIMIT=900G cove 1.0.1
status 1 on plan "$(release 1.0.1)"
has 'both slots may take 900' 'overcommit: true'

# --- soon: a warning with the days that are left, in plan, install and status
status 0 on plan "$(release 1.0.0)"
has 'warning   the certificate tls.crt expires in 9 days' 'secret    API_KEY' 'secret    store.conf'
status 0 on install "$(release 1.0.0)" --yes
has 'expires in 9 days'
status 0 on status
has 'warning: the certificate tls.crt expires in 9 days'
[ "$(answer http://192.0.2.1:8443/)" = web-1.0.0 ] || die "the port that host.yaml names does not answer"
[ "$(in_host 'cat /opt/cove/slots/blue/config/facts.conf')" = "$(in_host 'set -- $(grep MemTotal /proc/meminfo); echo $(hostname) twin.lan $(nproc) $(($2 * 1024)) 2')" ] ||
    die "facts: $(in_host 'cat /opt/cove/slots/blue/config/facts.conf')"
[ "$(in_host 'stat -c %U:%a /srv/cove')" = _cove:700 ] || die "the moved state directory: $(in_host 'stat -c %U:%a /srv/cove')"
say "host.yaml moved a port and a state directory, and its values win; templates know the machine"

# --- secrets reach the service whole
pid=$(in_host 'systemctl show -P MainPID cove.store.service')
in_host "tr '\\0' '\\1' </proc/$pid/environ" >"$work/environ"
printf 'API_KEY=%s' "$odd_key" >"$work/wanted"
python3 - "$work" <<'END' || die "the environment has: $(cat "$work/environ")"
import sys
work = sys.argv[1]
entries = open(work + "/environ", "rb").read().split(b"\1")
assert open(work + "/wanted", "rb").read() in entries, entries
assert b"PEERS=a,b,c" in entries, entries
assert b'ODD=100% "sure" $HOME' in entries, entries
END
[ "$(in_host 'cat /srv/cove/conf')" = 'requirepass "hunter2 \"x\""' ] || die "store.conf: $(in_host 'cat /srv/cove/conf')"
[ "$(in_host 'stat -c %U:%a /var/lib/bundle/cove/credentials; stat -c %U:%a /var/lib/bundle/cove/credentials/*-store.conf')" = "$(printf 'root:700\nroot:600')" ] ||
    die "modes: $(in_host 'stat -c %n:%U:%a /var/lib/bundle/cove/credentials /var/lib/bundle/cove/credentials/*')"

# --- and nobody else: units, what systemd shows, plans, journals, history, records, reports
nowhere() {
    local text
    for text in 'sk-"quoted' 'sk-\"quoted' hunter2; do
        in_host "grep -rlF -- '$text' /etc/systemd /run/systemd/transient /opt/cove /var/lib/bundle /var/lib/cove /run/bundle /run/log /var/log 2>/dev/null | grep -v '^/var/lib/bundle/cove/credentials/'" >"$work/found" || true
        [ ! -s "$work/found" ] || die "$text is in $(cat "$work/found")"
        for what in 'systemctl show cove.store.service cove.web.blue.service' 'systemctl cat "cove.*"' 'journalctl --no-pager' \
            'bundle status --json' 'bundle history --json' "bundle plan $(release 1.0.0) --json"; do
            in_host "$what" 2>&1 | grep -qF -- "$text" && die "$text is in $what"
        done
    done
    return 0
}
nowhere
status 1 "$host" run "$h" -- setpriv --reuid _cove --clear-groups cat /var/lib/bundle/cove/credentials
case $said in *ermission*) ;; *) die "the services' user reads the credentials directory: $said" ;; esac
say "a secret with quotes, dollars and two lines arrives whole in the environment and in sensitive config; it is nowhere else"

# --- a changed secret restarts only what reads it, and the plan shows that it changed
web=$(in_host 'systemctl show -P MainPID cove.web.blue.service')
printf 'hunter2-new' | give db-password
status 0 on plan "$(release 1.0.0)"
echo "$said" | grep -q 'secret    db-password (.*): changed' || die "the plan does not show the change: $said"
echo "$said" | grep -q 'secret    store.conf (.*): changed' || die "the plan does not show the config's change: $said"
echo "$said" | grep -q 'secret    API_KEY (.*): unchanged' || die "the plan shows a change that is none: $said"
echo "$said" | grep -q 'replace   cove.store.service' || die "the store is not replaced: $said"
status 0 on install "$(release 1.0.0)" --yes
[ "$(in_host 'cat /srv/cove/conf')" = 'requirepass "hunter2-new"' ] || die "store.conf: $(in_host 'cat /srv/cove/conf')"
[ "$(in_host 'ls /var/lib/bundle/cove/credentials | wc -l')" = 1 ] || die "old credentials stay: $(in_host 'ls /var/lib/bundle/cove/credentials')"
nowhere
# Started anew by systemd, and after a reboot, it finds its credential again.
in_host 'systemctl restart cove.store.service'
for _ in $(seq 50); do [ "$(answer http://192.0.2.1:8443/)" = web-1.0.0 ] && break; sleep 0.2; done
"$host" reboot "$h"
for _ in $(seq 100); do [ "$(answer http://192.0.2.1:8443/)" = web-1.0.0 ] && break; sleep 0.2; done
[ "$(in_host 'cat /srv/cove/conf')" = 'requirepass "hunter2-new"' ] || die "after the reboot: $(in_host 'cat /srv/cove/conf')"

# --- a check that fails takes nothing of it into the open, and leaves nothing
cove 1.1.0
sed -i 's/^requirepass/nopass/' "$author/store.conf" && sed -i 's/^name: cove/&/' "$author/bundle.yaml"
bundle create v1.2.0 --key keys/pond.key --codec zstd:3 >/dev/null 2>&1 && mv "$author/cove-1.2.0-amd64.bundle" "$stick/"
status 4 on install "$(release 1.2.0)" --yes || true
case $said in *hunter2*) die "a failed check shows the secret: $said" ;; esac
[ "$(in_host 'ls /var/lib/bundle/cove/credentials | wc -l')" = 1 ] || die "a failed installation left credentials"
nowhere

# --- the certificate runs out while the release serves: status says so, and still ends with 0
give tls.crt <"$certs/right.crt"
status 0 on status
has 'warning: the certificate tls.crt and the private key tls.key are not a pair'
status 0 on remove cove --yes
[ -z "$(in_host 'ls -d /var/lib/bundle/cove/credentials 2>/dev/null')" ] || die "remove leaves credentials"
say "a changed secret replaces the one service that reads it; a reboot, a failed check and remove leave none behind"
