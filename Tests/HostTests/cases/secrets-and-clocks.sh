# SPDX-License-Identifier: Apache-2.0
# The whole story, searched for its secrets: passwords and the seed of a key, a secret in an environment, one in a file, one in
# sensitive config. They may stand where the site put them and where systemd takes them from, and nowhere else: not in what
# was said, in a bundle, a plan, a record, a log, a journal, a unit, a process list or what a debugger finds. Then, on the same
# host, clocks that stand at 1970 and at 2100: each has its warning, and nothing else is different.
. "$(dirname "$0")/../lib.sh"
# --- the secrets: distinctive, in each part too, since other cases run beside this one; with all that quoting has trouble with
password='kP4ss "wörd" $HOME \n %n 7f3a91'
api_key='sk-"Vault"\ 9e17 $PATH `id` %n 51c0de77aa'
token='tok_+/=&?#9d2e44b1c0ffee'
database='db;DROP "x" \\ $$ 88e1f00d42'
changed='db-changed %% "y" \t 6a6b6c6d6e6f'
hexed() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'; }
secrets=$work/secrets.list
{
    echo "password $(hexed "$password")"
    echo "api-key $(hexed "$api_key")"
    echo "token $(hexed "$token")"
    echo "database $(hexed "$database")"
    echo "changed $(hexed "$changed")"
} >"$secrets"
said_in=$work/said
mkdir -p "$said_in" "$work/private"
chmod 700 "$work/private"
printf '%s\n' "$password" >"$work/private/password"
printf '%s\n%s\n' "$password" "$password" >"$work/private/twice"
# keep: what the last `status` said is searched later.
count=0
keep() {
    count=$((count + 1))
    printf '%s\n' "$said" >"$said_in/$count"
}
# types ANSWERS WANTED [--then COMMAND] -- PROGRAM…: a person at a terminal.
types() {
    local answers=$1 wanted=$2 got=0
    shift 2
    count=$((count + 1))
    python3 "$tests/typist.py" "$said_in/$count" "$answers" "$@" || got=$?
    [ "$got" = "$wanted" ] || die "$got at a terminal, not $wanted: $* said $(cat "$said_in/$count")"
}
# hunted PLACE: standard input are files (or --tar), and nothing of $secrets stands in them.
hunted() {
    local place=$1
    shift
    python3 "$tests/hunt.py" "$secrets" "$@" >"$work/found"
    [ ! -s "$work/found" ] || die "$place: $(head -n 12 "$work/found")"
}

# --- the hunt finds what there is to be found, in each form
for form in 'cat' 'base64 -w0' 'od -An -v -tx1' ; do
    printf 'xx%s' "$api_key" | $form | tr -d '\n ' >"$work/planted"
    [ "$form" = cat ] && printf 'xx%s' "$api_key" >"$work/planted"
    printf "%s\0" "$work/planted" | python3 "$tests/hunt.py" "$secrets" >"$work/found"
    grep -q api-key "$work/found" || die "the hunt misses $form"
done
rm "$work/planted"

# --- everybody's processes, from now on: arguments of all, and environments but of those that are to have one
sample() {
    exec python3 - "$work/processes" <<'END'
import os, sys, time
seen, out = set(), open(sys.argv[1], "ab")
while True:
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            group = open(f"/proc/{pid}/cgroup").read()
            arguments = open(f"/proc/{pid}/cmdline", "rb").read()
            # A service that asks for a secret in its environment gets it there, and what it starts.
            environment = b"" if "/vault." in group else open(f"/proc/{pid}/environ", "rb").read()
        except OSError:
            continue
        for text in (arguments, environment):
            if text not in seen:
                seen.add(text)
                out.write(text + b"\n")
                out.flush()
    time.sleep(0.02)
END
}
sample &
background+=($!)

# --- the author: a key with a password that is typed, a bundle that is signed with it
mkdir -p "$author/bin" "$author/keys"
cp "$load" "$author/bin/serve"
types "$work/private/twice" 0 -- "$tool" key generate -o "$author/keys/pond.key"
cp "$author/keys/pond.key" "$work/private/plain.key"
types "$work/private/password" 0 -- "$tool" key password "$work/private/plain.key" --unencrypted
seed=$(sed -n 2p "$work/private/plain.key" | base64 -d | od -An -v -tx1 -j 62 -N 32 | tr -d ' \n')
[ ${#seed} = 64 ] || die "no seed: $seed"
echo "seed $seed" >>"$secrets"
# Half a prompt: Ctrl-C is a byte, SIGTERM is not; both give the terminal back (the typist ends with 99 when not).
: >"$work/private/nothing"
types "$work/private/nothing" 130 --then 'kill -TERM $1' -- "$tool" key generate -o "$work/private/never.key"
[ ! -e "$work/private/never.key" ] || die "an interrupted prompt made a key"

vault() {
    local version=$1 check=${2:-exit 0}
    cat >"$author/bundle.yaml" <<END
spec: 1
name: vault
arch: [amd64]
binaries: [ { from: bin/serve, as: serve } ]
secrets: { API_KEY: , token: , database: }
config:
  store.conf: { template: store.conf, sensitive: true, check: [/bin/sh, -c, 'cat "\$0"; cat "\$0" >&2; $check', "{{ file }}"] }
services:
  store:
    run: ["{{ bin }}/serve", serve, store-$version, "{{ listen.http }}"]
    secrets: [ { API_KEY: env } ]
    config: [store.conf]
    state: [data]
    ports: { http: { port: 8081 } }
    hold: 10s
    stop: { timeout: 5s }
  web:
    run: ["{{ bin }}/serve", serve, web-$version, "{{ listen.http }}", "{{ listen.http.v6 }}"]
    secrets: [ token, { API_KEY: env } ]
    ports: { http: { port: 80, expose: public } }
cutover: { health-timeout: 20s, bake: 2s, drain: 1s }
END
    echo 'password {{ secret("database") }}' >"$author/store.conf"
    (
        cd "$author"
        status 0 "$tool" create "v$version" --unsigned --codec zstd:3
        mv "vault-$version-amd64.bundle" "$stick/"
    )
}
vault 1.0.0
vault 1.1.0
vault 1.2.0 'exit 7'
# Signed by typing, by a password file and by way of a head.
types "$work/private/password" 0 -- "$tool" sign "$stick/vault-1.0.0-amd64.bundle" --key "$author/keys/pond.key"
status 0 "$tool" sign "$stick/vault-1.1.0-amd64.bundle" --detached -o "$work/vault.head" && keep
status 0 "$tool" sign "$work/vault.head" --key "$author/keys/pond.key" --password-file "$work/private/password" --json && keep
status 0 "$tool" sign "$stick/vault-1.1.0-amd64.bundle" --attach "$work/vault.head" --pubkey "$author/keys/pond.pub" && keep
status 0 "$tool" sign "$stick/vault-1.2.0-amd64.bundle" --key "$author/keys/pond.key" --password-file "$work/private/password" && keep
printf 'not %s\n' "$password" >"$work/private/wrong"
status 1 "$tool" sign "$stick/vault-1.2.0-amd64.bundle" --key "$author/keys/pond.key" --password-file "$work/private/wrong" && keep
has 'wrong password'
# A debugger that is root's, while scrypt works on the password: it is in guarded memory, which dumps leave out.
types "$work/private/password" 0 --then true -- "$tool" sign "$stick/vault-1.2.0-amd64.bundle" --key "$author/keys/pond.key" &
signing=$!
if command -v gcore >/dev/null; then
    for _ in $(seq 100); do
        pid=$(pgrep -f "^$tool sign .*vault-1.2.0" | head -n 1) && grep -q '^VmRSS:.* [0-9]\{6,\} kB' "/proc/$pid/status" 2>/dev/null && break
        sleep 0.02
    done
    gcore -o "$work/core" "$pid" >/dev/null 2>&1 || say "nothing was left to dump"
    for core in "$work"/core.*; do [ ! -e "$core" ] || printf '%s\0' "$core" | hunted "what a debugger finds"; done
    rm -f "$work"/core.*
fi
wait "$signing"
say "a key, a password typed and in a file, three ways to sign: the terminal shows nothing of it and is given back"

# --- the host
ready secrets "${SECRETS_ROOT:-bookworm}"
in_host() { "$host" run "$h" -- sh -c "$1"; }
release() { echo "/media/stick/vault-$1-amd64.bundle"; }
printf '%s\n%s\n' "$api_key" "$api_key" >"$work/private/api"
status 0 on stage "$(release 1.0.0)" && keep
types "$work/private/api" 0 -- "$host" run "$h" -- bundle secret set vault API_KEY
[ "$(in_host 'stat -c %U:%a /etc/vault/secrets/API_KEY')" = root:600 ] || die "modes of the secret"
[ "$(in_host 'cat /etc/vault/secrets/API_KEY')" = "$api_key" ] || die "the secret is $(in_host 'cat /etc/vault/secrets/API_KEY')"
set_secret() { printf '%s' "$2" | "$host" run "$h" -- bundle secret set vault "$1" >"$said_in/set-$1" 2>&1; }
set_secret token "$token"
set_secret database "$database"
# A core dump of the tool, with a secret typed and waiting to be typed again: the kernel makes none.
head -n 1 "$work/private/api" >"$work/private/once"
in_host 'mkdir -p /root/cores'
# Another program leaves one here, or nothing would be shown (a kernel.core_pattern with a path or a pipe leads elsewhere).
case $(cat /proc/sys/kernel/core_pattern) in
*/* | '|'*) say "core dumps of this machine lead elsewhere: that there is none of bundle is not shown" ;;
*)
    in_host 'cd /root/cores; ulimit -c unlimited; sleep 9 & kill -ABRT $!; wait $!; ls core* >/dev/null && rm core*' >/dev/null 2>&1 ||
        die "no program leaves a core dump here"
    ;;
esac
# (99: nobody has a chance to give this terminal back.)
types "$work/private/once" 99 --then \
    "pkill -ABRT -f '^bundle secret set vault API_KEY'" -- \
    "$host" run "$h" -- sh -c 'cd /root/cores; ulimit -c unlimited; exec bundle secret set vault API_KEY'
[ -z "$(in_host 'ls /root/cores')" ] || die "a core dump: $(in_host 'ls -l /root/cores')"
status 0 on plan "$(release 1.0.0)" --json && keep
status 0 on install "$(release 1.0.0)" --yes && keep
status 0 on install "$(release 1.1.0)" --yes --json && keep
set_secret database "$changed"
status 0 on plan "$(release 1.1.0)" --json && keep
status 0 on plan "$(release 1.1.0)" && keep
status 0 on reconfigure vault --yes --note 'a new password of the database' && keep
# A check that quotes what it complains of, on both streams.
status 4 on install "$(release 1.2.0)" --yes && keep
has 'it may quote a secret'
status 0 on rollback vault --yes && keep
status 0 on rehearse "$(release 1.1.0)" --seconds 2 && keep
for verb in 'status' 'status --json' 'history' 'history --json' 'inventory --json' 'audit' 'audit --json' 'receipts --help' 'trust show'; do
    # shellcheck disable=SC2086
    said=$(on $verb 2>&1) || true
    keep
done
pid=$(in_host 'systemctl show -P MainPID vault.store.service')
# By a file: an argument of grep is in the process list as well.
printf 'API_KEY=%s\n' "$api_key" >"$work/private/entry"
in_host "tr '\\0' '\\n' </proc/$pid/environ" | grep -qxF -f "$work/private/entry" || die "the service has not its secret"
say "three secrets, six operations, one of them refused by a check that prints its file"

# --- the hunt: everything on the host but its packages, what the manager and the journal show, and what we heard
in_host 'systemctl show "vault*" "bundle*" --no-pager; systemctl cat "vault*"; nft list ruleset' >"$said_in/manager" 2>&1
in_host 'journalctl --no-pager -o export' >"$said_in/journal" 2>&1
in_host 'cd / && tar -cf - --warning=none --exclude=./run/systemd/nspawn etc opt root home var/lib var/log var/tmp var/cache srv tmp run dev/shm 2>/dev/null || true' >"$work/host.tar"
python3 "$tests/hunt.py" "$secrets" --tar <"$work/host.tar" >"$work/everywhere"
grep -vE '^(etc/vault/secrets/(API_KEY|token|database)|var/lib/bundle/vault/credentials/[0-9a-f]+-store\.conf|run/credentials/vault\.[a-z.]+\.service/(API_KEY|token|store\.conf)): ' \
    "$work/everywhere" >"$work/found" || true
[ ! -s "$work/found" ] || die "secrets stand in $(head -n 20 "$work/found")"
for place in etc/vault/secrets/API_KEY etc/vault/secrets/token run/credentials/ var/lib/bundle/vault/credentials/; do
    grep -q "^$place" "$work/everywhere" || die "the hunt saw nothing in $place: it looked at too little"
done
find "$said_in" "$stick" -type f -print0 | hunted 'what was said, or a bundle'
in_host 'sh -c ": seen-by-the-sampler; sleep 1; :"'
grep -qa 'seen-by-the-sampler' "$work/processes" || die "the sampler sees nothing of the host"
grep -qa 'install' "$work/processes" || die "the run was not among the processes that were seen"
printf '%s\0' "$work/processes" | hunted 'processes'
say "$(wc -l <"$work/everywhere") places of secrets, all of them where they belong; $(wc -c <"$work/processes") bytes of process lists, $count outputs, bundles, journal, records: nothing"

# --- the clock: the machine has one, which is nobody's to set; the program's own questions to the kernel are answered otherwise
at=$(dirname "$load")/at
"$host" put "$h" "$at" /root/at
# An empty marker: the work is done in this process, not in a unit that its clock does not reach.
off() { local seconds=$1; shift; "$host" run "$h" -- env BUNDLE_UNIT_FOR= /root/at "$seconds" bundle "$@"; }
[ "$("$host" run "$h" -- /root/at 0 date +%Y)" = 1970 ] || die "the clock does not move"
for one in 0:clock-in-the-past 4102444801:clock-in-the-future; do
    seconds=${one%:*} code=${one#*:}
    status 0 off "$seconds" status vault
    has "warning[$code]: this machine's clock says"
    status 0 off "$seconds" plan "$(release 1.1.0)" --json
    # Words for people come first: stderr and stdout are one here.
    has "\"$code\""
    [ "$(grep -c "warning\[" <<<"$said")" = 1 ] || die "not one warning: $said"
    status 0 off "$seconds" install "$(release 1.1.0)" --yes
    has "warning[$code]"
    [ "$(answer http://192.0.2.1:80/)" = web-1.1.0 ] || die "after the installation at $seconds: $(answer http://192.0.2.1:80/)"
    status 0 off "$seconds" rollback vault --yes
    [ "$(answer http://192.0.2.1:80/)" = web-1.0.0 ] || die "after the way back at $seconds: $(answer http://192.0.2.1:80/)"
    status 0 off "$seconds" history vault
    status 0 off "$seconds" recover
    # Once the clock is right again nothing is left of it, whatever the log's last entry says.
    status 0 on status vault
    case $said in *'warning['*) die "a warning stays: $said" ;; esac
    status 0 on plan "$(release 1.1.0)"
done
say "at 1970 and at 2100 a release is installed and taken back; the clock has a warning of its own, and none is left when it is right"
