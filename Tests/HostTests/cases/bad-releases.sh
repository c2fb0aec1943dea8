# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Alone: the deadlines that it measures are of a host that has its turns.
# Every way in which a release can be bad, one after the other over one good release, under load from both sides of the
# wire. Each ends with the old release serving (files, units, traffic), no failed request, the reason on one screen, exit
# status 4, and detection within the deadline plus a second. docs/releases.md has its table.
. "$(dirname "$0")/../lib.sh"
export HEALTH_TIMEOUT=3s BAKE=5s
deadline=3000

# What stands on the host: files of the product, and which invocation of which unit runs.
fingerprint() {
    "$host" run "$h" -- sh -c '
        find /opt/pond /etc/systemd/system /etc/sysusers.d /usr/lib/sysusers.d -name "pond*" -o -path "/opt/pond/*" |
            sort | while read -r path; do
                [ -f "$path" ] && sha256sum "$path" || echo "$path $(readlink "$path")"
            done
        systemctl list-units --all --plain --no-legend "pond.*" | awk "{print \$1, \$3, \$4}"
        nft list table inet bundle_pond | grep -v -e counter -e "expires"'
}
units() { "$host" run "$h" -- systemctl show -p Id -p ActiveState -p InvocationID 'pond.*.service'; }

# bad WHAT SERVICE STEP LIMIT WORD…: the bundle `next` is refused: it names the service, shows each word, fails in that step
# within LIMIT ms, and leaves everything as it was.
bad() {
    local what=$1 service=$2 step=$3 limit=$4 wanted=${STATUS:-4} took lines
    shift 4
    fingerprint >"$work/before"
    units >"$work/units-before"
    load_begins
    status "$wanted" on install "/media/stick/pond-$version-amd64.bundle" --yes
    load_ends
    has "$service" "$@"
    # One screen: the error itself, below the lines of progress.
    lines=$(sed -n '/^bundle: error:/,$p' <<<"$said" | wc -l)
    [ "$lines" -le 40 ] || die "$what: the reason takes $lines lines: $said"
    took=none
    if [ "$step" != preflight ]; then
        took=$(sed -n "s/.* $step failed after \([0-9]*\) ms; undoing.*/\1/p" <<<"$said")
        [ -n "$took" ] || die "$what: it did not fail in $step: $said"
        # Services that start before the bad one take their own time.
        local others=0
        case $step in start | replace)
            others=$(sed -n 's/.* healthy after \([0-9]*\) ms.*/\1/p' <<<"$said" | awk '{ s += $1 } END { print s + 0 }')
            ;;
        esac
        [ "$((took - others))" -le $((limit + 1000)) ] || die "$what: found after $((took - others)) ms, not within $limit + 1000"
        took=$((took - others))
    fi
    serves 1.0.0
    fingerprint >"$work/after"
    diff "$work/before" "$work/after" >&2 || die "$what: the host is not as it was"
    "${KEPT:-true}" && untouched_units "$what"
    local told found="before anything began"
    told=$(sed -n 's/^bundle: error: //p' <<<"$said" | head -n 1 | sed 's/^[^:;]*: //; s/:$//')
    [ $# -eq 0 ] || case $told in *"${!#}"*) ;; *) told="$told; ${!#}" ;; esac
    [ "$step" = preflight ] || found="$took of $limit + 1000 ms"
    say "| $what | $wanted | $told | $found | $requests | 0 | $longest_green ms |"
}
untouched_units() {
    units | diff "$work/units-before" - >&2 || die "$1: a unit was restarted"
}

number=0
# next: packs the next version, with what WEB, STORE_FLAGS, HEALTH and EDIT (of the spec, for sed) say of it.
next() {
    number=$((number + 1))
    version=1.1.$number
    STORE=${STORE:-1.0.0} pack "$version"
}
amend() { sed -i -E "${EDIT:-}" "$author/bundle.yaml"; }
# For releases that are well at first: three passes, 0.8 s in all.
thrice='s/(body: "web").*/\1, passes: 3, interval: 400ms } ]/'

pack 1.0.0
ready bad bookworm-kinds
install_release 1.0.0
serves 1.0.0

WEB='--exit-after, 0, ' next
bad "crashes at start" web start "$deadline" "no such table"

WEB='--sick-after, 0, ' next
bad "never ready" web start "$deadline" "not healthy within 3s" "status 500: the ledger cannot be read"

WEB='--sick-after, 600, ' EDIT=$thrice next
bad "ready, then 500s" web start "$deadline" "status 500: the ledger cannot be read"

# A second service keeps the installation waiting while the first one, already healthy, falls over.
WEB='--sick-after, 1000, ' \
    EDIT='s/^cutover:/  tail:\n    run: ["{{ bin }}\/serve", serve, tail, "{{ listen.http }}"]\n    after: [web]\n    ports: { http: { port: 8090 } }\n    health: [ { alive: 2s } ]\n&/' next
bad "ready, then 500s while another one starts" web start "$deadline" "healthy and is not any more" "status 500"

WEB='--delay, 2500, ' next
bad "slow" web start "$deadline" "no answer in time"

# The memory controller is not there in every test host; the limit of the process's own is the kernel's everywhere.
WEB='--leak, 100, ' EDIT="$thrice; s/^  web:/&\n    limits: { memory: 64M }\n    unit: { Service: { LimitAS: 64M } }/" next
bad "leaks until its limit" web start "$deadline" "out of memory"

# Slower: it passes every check, clients come to it, and its own figure tells before the limit does.
WEB='--leak, 20, ' EDIT='s/(body: "web").*/\1, interval: 100ms }, { metrics: http, sample: serve_memory_bytes, at-most: 40000000, interval: 100ms } ]/' next
# The bake began up to 0.5 s after the leak, whose figure is over the bound 2 s after that.
bad "leaks slowly, found while it bakes" web bake 2000 serve_memory_bytes

"$host" net "$h" -- "$load" serve squatter 169.254.77.2:20080 0.0.0.0:9000 >/dev/null &
squatter=$!
background+=("$squatter")
next
bad "port clash in the slot" web start "$deadline" "ddress already in use"
EDIT='s/http: \{ port: 80, expose: public \}/&, more: { port: 9000, expose: public }/' next
STATUS=1 bad "port clash with a program of the host" 9000 preflight 0 "is taken"
kill $squatter

EDIT='s/template: web.txt/&, check: [ \/bin\/grep, -c, good, "{{ file }}" ]/' next
bad "wrong config, and its check says so" web check 1000 web.txt "ended with 1"

EDIT='s/run: (.*web-.*)/run: [ \/bin\/sh, -c, "grep good {{ config }}\/web.txt || { echo web.txt:1: no ledger is named; exit 2; }" ]/' next
bad "wrong config that no check sees" web start "$deadline" "web.txt:1: no ledger is named"

WEB='--flap, 300, ' EDIT=$thrice next
bad "flaps" web start "$deadline" "status 500"

WEB='--exit-after, 1200, ' EDIT='s/(body: "web").*/\1, interval: 100ms }, { alive: 2s } ]/' next
bad "flaps: systemd starts it again and again" web start "$deadline" "no such table"

STORE=1.1.0 STORE_FLAGS='--exit-after, 0, ' next
KEPT=false bad "a single writer that crashes when it takes over" store replace 10000 "no such table"
# Its clients wait no longer than that, whatever health-timeout says.
STORE=1.1.1 STORE_FLAGS='--sick-after, 0, ' EDIT='s/hold: 20s/hold: 2s/; s/timeout: 5s/timeout: 1s/' next
KEPT=false bad "a single writer that is not ready within its hold" store replace "$deadline" "raise the service's hold:" \
    "not healthy when its hold of 2s was over"

# Jobs, at each of their moments. job NAME MOMENT [MORE]: an EDIT that adds one which fails.
job() {
    printf '%s' "s/^cutover:/jobs:\\n  $1: { run: [ \"{{ bin }}\/serve\", serve, --exit-after, 100, job, \"127.0.0.1:0\" ], at: $2, timeout: 5s${3:-} }\\n&/"
}
EDIT=$(job schema start) next
bad "a job that fails while the idle slot starts" schema start 100 "no such table"
EDIT=$(job smoke idle) next
bad "a job that fails on the idle slot" smoke idle-jobs 100 "no such table"
STORE=1.2.0 EDIT=$(job migrate held ', like: store') next
KEPT=false bad "a job that fails while the old writer is stopped" migrate replace 100 "no such table"
EDIT=$(job welcome public) next
bad "a job that fails on the public ports" welcome public-jobs 100 "no such table"
STORE=1.2.0 EDIT="$(job welcome public); s/idle/public/" next
KEPT=false bad "a job that fails on the public ports, behind a new writer" welcome public-jobs 100 "no such table"

# A server shows a certificate that ran out: its own check refuses it.
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/tls.key" -out "$work/csr" -subj /CN=pond.local \
    -addext subjectAltName=DNS:pond.local 2>/dev/null
openssl x509 -req -in "$work/csr" -signkey "$work/tls.key" -copy_extensions copy -days -1 -out "$work/tls.crt" 2>/dev/null
chmod 600 "$work"/tls.*
"$host" run "$h" -- mkdir -p /etc/pond/secrets
for file in tls.key tls.crt; do "$host" put "$h" "$work/$file" "/etc/pond/secrets/$file"; done
cat >"$author/twin.conf" <<'END'
worker_processes 1; pid /dev/null; error_log stderr;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path /tmp/b; proxy_temp_path /tmp/p; fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;
  server {
    listen {{ listen.https }} ssl;
    ssl_certificate {{ credentials.twin }}/tls.crt;
    ssl_certificate_key {{ credentials.twin }}/tls.key;
    location / { return 200 "twin"; }
  }
}
END
STORE=1.0.0 EDIT='s/^config:/secrets: { tls.key: {}, tls.crt: {} }\n&\n  twin.conf: { template: twin.conf }/
    s/^cutover:/  twin:\n    run: [\/usr\/sbin\/nginx, -e, stderr, -c, "{{ config }}\/twin.conf", -g, "daemon off;"]\n    config: [twin.conf]\n    secrets: [tls.key, tls.crt]\n    ports: { https: { port: 8443, expose: public } }\n    health: [ { http: https, host: pond.local, tls: { ca: tls.crt }, interval: 100ms } ]\n&/' next
bad "a server that shows an expired certificate" twin start "$deadline" "its certificate expired on"

# The site's certificate ran out; seen before anything begins.
STORE=1.0.0 EDIT='s/^services:/secrets: { tls.key: {}, tls.crt: { certificate-for: tls.key } }\n&/; s/^  web:/&\n    secrets: [tls.key, tls.crt]/' next
STATUS=1 bad "an expired certificate of the site" tls.crt preflight 0 "expired on"
say "a good release comes through after all of them"
STORE=1.0.0 next
install_release "$version"
serves "$version" 1.0.0
