# SPDX-License-Identifier: Apache-2.0
# Ahead of the window and in it: stage, plan and install without the medium, values and secrets that change, notes, and
# the time by which the cutover must have begun.
. "$(dirname "$0")/../lib.sh"
# The web reads a value and a secret; the store reads a value of its own.
own_sources() {
    sources "$1"
    sed -i -e 's/^config:/secrets: { token: { required: false } }\n&/' \
        -e 's/^  web.txt: .*/&\n  store.txt: { template: store.txt }/' \
        -e 's/^    state: \[data\]/&\n    config: [store.txt]/' -e 's/^    config: \[web.txt\]/&\n    secrets: [token]/' \
        -e 's/^services:/values: { defaults: values.yaml }\n&/' "$author/bundle.yaml"
    printf 'motto: one\ndepth: 1\n' >"$author/values.yaml"
    echo "motto {{ values.motto }} in {{ slot }}" >"$author/web.txt"
    echo "depth {{ values.depth }}" >"$author/store.txt"
}
own_pack() {
    own_sources "$1"
    [ -z "${SLOW:-}" ] || sed -i 's|run: \["{{ bin }}/serve", serve, web|run: [/bin/sh, -c, "sleep 14; exec \\"$@\\"", sh, "{{ bin }}/serve", serve, web|' "$author/bundle.yaml"
    bundle create "v$1" --key keys/pond.key --codec zstd:3 >"$work/create.log" 2>&1 || { cat "$work/create.log" >&2 && die "create"; }
    mv "$author/pond-$1-amd64.bundle" "$stick/"
}
inside() { "$host" run "$h" -- sh -c "$1"; }
id_of() { "$host" run "$h" -- systemctl show -p InvocationID --value "$1"; }
own_pack 1.0.0
own_pack 1.1.0
SLOW=yes HEALTH_TIMEOUT=40s own_pack 1.2.0
ready night bookworm

# --- stage, with nothing installed: status tells, the medium goes, and the release is installed without it.
status 0 on stage /media/stick/pond-1.0.0-amd64.bundle --note "ahead of the window"
has "is staged" "bundle install pond@1.0.0"
status 0 on stage /media/stick/pond-1.0.0-amd64.bundle
has "here already"
status 0 on status
has "nothing serves" "staged: 1.0.0"
[ -z "$(inside 'ls /etc/systemd/system | grep ^pond || true')" ] || die "staging wrote units"
status 0 on plan pond@1.0.0
has "plan: install pond 1.0.0" "go back   bundle remove pond"
status 10 on plan pond@9.9.9
status 0 env SUDO_UID=0 "$host" run "$h" -- env SUDO_UID=1234 bundle install pond@1.0.0 --yes --note "first night"
has "serves from blue" "pond.web.blue.service"
serves 1.0.0
status 0 on history
has "first night" "uid 1234"
status 0 on status
case $said in *staged:*) die "an installed release still counts as staged" ;; esac
inside 'grep -q "first night" /var/lib/bundle/audit.log && grep -q "trust adopt" /var/lib/bundle/audit.log' || die "the audit log lacks a note or the adoption"

# --- a staging that dies leaves nothing that the next run does not sweep.
inside 'mkdir -p /opt/pond/releases/.9.9.9-aaaaaaaaaaaa.new/bin /opt/pond/releases/9.9.9-aaaaaaaaaaaa /var/lib/bundle/pond/staging/packs'
status 0 on stage /media/stick/pond-1.1.0-amd64.bundle
[ "$(inside 'ls -A /opt/pond/releases | wc -l')" = 2 ] || die "left behind: $(inside 'ls -A /opt/pond/releases')"
[ "$(inside 'test -e /var/lib/bundle/pond/staging || echo gone')" = gone ] || die "packs were left"
status 0 on prune pond
has "1.1.0 stays staged"
status 0 on prune pond --staged
[ "$(inside 'ls -A /opt/pond/releases')" = "$(inside 'basename $(readlink /opt/pond/current)')" ] || die "prune left a staged release"
status 10 on install pond@1.1.0 --yes

# --- the same again touches nothing; a value touches only those that read it.
web=$(id_of pond.web.blue.service) store=$(id_of pond.store.service)
status 0 on reconfigure --yes
has "no service was touched"
inside 'mkdir -p /etc/pond && printf "# a comment\nmotto: one\n" >/etc/pond/values.yaml'
status 0 on reconfigure --yes
has "no service was touched"
[ "$web $store" = "$(id_of pond.web.blue.service) $(id_of pond.store.service)" ] || die "something was restarted for nothing"
load_begins
status 0 on status
case $said in *"does not run"*) die "a comment is no other value: $said" ;; esac
inside 'printf "depth: 2\n" >/etc/pond/values.yaml'
status 0 on status
has "/etc/pond/values.yaml: depth: not set -> 2, which does not run; \`bundle reconfigure pond\`"
status 0 on reconfigure --yes --note deeper
has "value     values.yaml depth: not set -> 2" "value     values.yaml motto: one -> not set" "pond.web.blue.service, port 80 (public), not touched" "bundle reconfigure pond --former"
[ "$web" = "$(id_of pond.web.blue.service)" ] || die "the web was restarted for a value of the store"
[ "$store" != "$(id_of pond.store.service)" ] || die "the store did not get its value"
store=$(id_of pond.store.service)
inside 'printf "depth: 2\nmotto: two\n" >/etc/pond/values.yaml'
status 0 on reconfigure --yes
[ "$(id_of pond.web.green.service)" != "" ] || die "no new slot"
[ "$store" = "$(id_of pond.store.service)" ] || die "the store was restarted for a value of the web"
[ "$(inside 'cat /opt/pond/slots/green/config/web.txt')" = "motto two in green" ] || die "the web has the old motto"
status 0 on reconfigure --former --yes
[ "$(inside 'cat /opt/pond/slots/blue/config/web.txt')" = "motto one in blue" ] || die "the former values did not come back"
load_ends
status 0 on status

# --- secrets.
status 64 "$host" run "$h" -- sh -c 'echo x | bundle secret set pond tokne'
has "is token meant?"
status 0 "$host" run "$h" -- sh -c 'echo hush | bundle secret set pond token'
has "read by web" "bundle reconfigure pond"
case $said in *hush*) die "the secret was printed" ;; esac
[ "$(inside 'stat -c "%a %u %s" /etc/pond/secrets/token')" = "600 0 4" ] || die "the secret's file: $(inside 'stat -c "%a %u %s" /etc/pond/secrets/token')"
status 0 on reconfigure --yes
status 0 on reconfigure --yes
has "no service was touched"

# --- the cutover had to begin before a time.
status 0 on stage /media/stick/pond-1.1.0-amd64.bundle
status 1 on install pond@1.1.0 --yes --cutover-before "$(inside 'date -d "-5 minutes" +%H:%M')"
has "has passed"
serves 1.0.0
# The time comes while the idle slot starts: the wall clock at the decision decides.
until second=$(inside 'date +%S') && [ "${second#0}" -ge 48 ] && [ "${second#0}" -le 53 ]; do sleep 1; done
status 4 on install /media/stick/pond-1.2.0-amd64.bundle --yes --cutover-before "$(inside 'date -d "+1 minute" +%H:%M')"
has "could not begin before" "everything was undone: 1.0.0 serves as before"
serves 1.0.0
status 0 on status
inside 'tail -n 1 /var/lib/bundle/audit.log | grep -q "\"exitStatus\":4"' || die "the audit log: $(inside 'tail -n 1 /var/lib/bundle/audit.log')"
status 0 on install pond@1.1.0 --yes --cutover-before "$(inside 'date -d "+1 hour" +%H:%M')"
serves 1.1.0
status 0 on rollback --yes --note "went back"
serves 1.0.0

# --- programs read the same, and what was removed keeps its history.
[ "$(on history --json | jq -r '.operations[0].note + .operations[0].outcome')" = "went backdone" ] || die "history --json: $(on history --json)"
on status --json | jq -r '.products[0].active.since' | grep -qE '^[0-9-]{10}T[0-9:]{8}Z$' || die "status --json: $(on status --json)"
said=$(on plan pond@1.1.0 --json 2>/dev/null)
jq -e '.go_back == "bundle rollback pond@1.0.0" and (.paths | length > 5) and (.units | length > 1) and .changes' <<<"$said" >/dev/null || die "plan --json: $said"
status 0 on recover --json --note "just looking"
[ "$(jq -r '.products[0].outcome' <<<"$said")" = nothing ] || die "recover --json: $said"
unwatched
inside 'nft flush ruleset'
status 0 on recover --note "the firewall was reloaded"
inside 'tail -n 1 /var/lib/bundle/audit.log | grep -q "the firewall was reloaded"' || die "recover is not in the audit log"
status 0 on remove pond --yes --note "moved away"
has "plan: remove pond" "is removed"
status 0 on history pond
has "went back" "remove"
inside 'tail -n 1 /var/lib/bundle/audit.log | grep "moved away" | grep -q "\"product\":\"pond\""' || die "the audit log lacks the removal"
say "staged, installed without the medium, reconfigured under load ($requests requests, 0 failed), secrets kept, notes written"
