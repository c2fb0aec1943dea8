# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Two products on one host, named to collide: `pond` with a service `web`, and `pond-web`. What they cannot share is
# refused before anything changes; the rest is kept apart. Removing one leaves the other and the host's own files alone.
. "$(dirname "$0")/../lib.sh"
other=pond-web
pack 1.0.0
pack 1.1.0
PRODUCT=$other pack 1.0.0
WEB_PORT=8180 STORE_PORT=8181 PRODUCT=$other pack 2.0.0
ready two bookworm

# The host's own, in every place where products put theirs; the names only begin like ours.
"$host" run "$h" -- sh -ec '
    useradd --system --home-dir /nonexistent _pondlife
    printf "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n" | tee /etc/systemd/system/pond-pump.service >/etc/systemd/system/pondweed.service
    systemctl daemon-reload
    systemctl start pond-pump.service pondweed.service
    for path in /opt/pond-photos /opt/pondweed /etc/pondweed /var/lib/pond-life; do mkdir -p $path && echo mine >$path/file; done
    nft add table inet bundle_pondlife'

# What is on the host: every file, account, unit, rule and address, but for logs and what is in memory only.
snapshot() {
    "$host" run "$h" -- sh -c '
        find / -xdev \( -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /dev -o -path /var/log -o -path /var/cache \
            -o -path /var/tmp -o -path /root -o -path /var/lib/bundle/audit.log \) -prune -o -printf "%M %u %g %p %l\n" | sort -k 4
        find /etc /opt /usr/lib/systemd /usr/lib/sysusers.d /var/lib -xdev -type f ! -path /var/lib/bundle/audit.log ! -path "/var/lib/systemd/*" \
            ! -path "/etc/.pwd.lock" ! -regex "/etc/\(passwd\|shadow\|group\|gshadow\)-?" -exec sha256sum {} + | sort -k 2
        sed "s/^/account /" /etc/passwd /etc/group
        systemctl list-unit-files --plain --no-legend | sort
        for unit in $(systemctl list-units --plain --no-legend "pond*" | cut -d " " -f 1); do
            systemctl show -p Id -p ActiveState -p InvocationID $unit | xargs
        done
        nft list tables | while read -r _ _ table; do echo "rules $table $(nft list table inet "$table" | sha256sum)"; done
        ip -o address | awk "{ print \$2, \$4 }"' >"$work/$1"
}
same() { diff "$work/$1" "$work/$2" >&2 || die "$3"; }
# Without what products leave on purpose (what was done, the evidence, the tool with its boot unit, an empty sysusers.d), and
# without what a reboot changes.
but_records() {
    sed -i -E '/ \/(var\/lib\/bundle|usr\/lib\/bundle)(\/|$| )/d; /bundle-(boot|finish|watch)/d; / \/etc\/sysusers\.d $/d
        /^Id=pond/d; /^rules bundle_pondlife/d; /^up0 fe80/d' "$work/$1"
}

snapshot bare
install_release 1.0.0
serves 1.0.0
snapshot one

say "a second product that wants the same ports is refused, and says whose they are"
status 1 on install "/media/stick/$other-1.0.0-amd64.bundle" --yes
has 80 8081 pond
snapshot now
same one now "a refused product left something"

say "what somebody else has is refused by name: a unit, an account, a directory, the other's data"
# taken PATH-OR-NAME MAKE UNMAKE
taken() {
    "$host" run "$h" -- sh -ec "$2"
    snapshot made
    status 1 on install "/media/stick/$other-2.0.0-amd64.bundle" --yes
    has "$1"
    snapshot now
    same made now "$1: the refusal left something"
    "$host" run "$h" -- sh -ec "$3"
}
unit=/etc/systemd/system/$other.web.blue.service
taken "$unit" "echo '# mine' >$unit" "rm $unit"
taken "_$other" "useradd --system --home-dir /nonexistent _$other" "userdel _$other"
taken "/opt/$other" "mkdir /opt/$other && echo mine >/opt/$other/file" "rm -r /opt/$other"
taken /var/lib/pond/store/data "mkdir /etc/$other && echo 'state: { store.data: /var/lib/pond/store/data }' >/etc/$other/host.yaml" "rm -r /etc/$other"

say "with ports of its own it comes in, and the first one is not touched"
load_begins
status 0 on install "/media/stick/$other-2.0.0-amd64.bundle" --yes
serves 1.0.0
[ "$(answer http://192.0.2.1:8180/)" = web-2.0.0 ] || die "the second product does not answer"
status 0 on status
has "pond 1.0.0" "$other 2.0.0"
status 64 on rollback --yes
status 64 on history
units() { "$host" run "$h" -- systemctl show -p Id -p InvocationID "$1.*" | xargs; }
second=$(units $other)
status 0 on install /media/stick/pond-1.1.0-amd64.bundle --yes
[ "$second" = "$(units $other)" ] || die "an upgrade of the one restarted the other"
status 0 on rollback pond --yes
load_ends
say "0 of $requests requests failed while the second came in and the first went up and back"

say "the ports of one are refused to the other's upgrade"
PRODUCT=$other WEB_PORT=8081 STORE_PORT=8181 pack 2.1.0
status 1 on install "/media/stick/$other-2.1.0-amd64.bundle" --yes
has 8081 pond

say "removing the first leaves the second, and the host's own"
# Nobody is there to be asked.
status 64 on remove pond --data
has "no way back" "say --yes"
status 0 on status pond
snapshot both
status 0 on remove pond --data --yes
[ -z "$(units pond)" ] || die "units stay: $(units pond)"
[ "$second" = "$(units $other)" ] || die "the other was restarted"
[ "$(answer http://192.0.2.1:8180/)" = web-2.0.0 ] || die "the other does not answer"
snapshot after
diff "$work/both" "$work/after" | grep -vE '^[<>] .*/var/lib/bundle/pond(/| |$)' >"$work/changes" || true
grep '^>' "$work/changes" >&2 && die "removing adds something"
# A line that is gone must be the product's own: its units, accounts, directories, rules or addresses.
own='pond\.|account _pond:|/(opt|etc|var/lib)/pond(/| |$)|sysusers.d/(bundle-)?pond\.conf|rules bundle_pond |lo (169\.254\.77\.|fd77::)[123]/'
grep '^<' "$work/changes" | grep -vE "$own" >&2 && die "removing takes what is not the product's"
[ "$(grep -cE "$own" "$work/changes")" -gt 20 ] || die "removing takes too little"
status 0 on status $other
"$host" reboot "$h"
for _ in $(seq 50); do [ "$(answer http://192.0.2.1:8180/)" = web-2.0.0 ] && break; sleep 0.2; done
[ "$(answer http://192.0.2.1:8180/)" = web-2.0.0 ] || die "the other does not answer after a reboot"
status 0 on remove $other --data --yes

say "at the end only records are left"
snapshot end
for name in bare end; do but_records $name; done
same bare end "the host is not as it was"
say "$(wc -l <"$work/bare") lines of the host's files, accounts, units, rules and addresses are as before"
