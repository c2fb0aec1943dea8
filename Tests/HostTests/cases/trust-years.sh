# SPDX-License-Identifier: Apache-2.0
# The keys of a site over the years: three holders of the root, a stolen release key, a thief with one root key, approvals,
# a fast-forward and the way back. Each refusal is a status, and the host serves what it served.
. "$(dirname "$0")/../lib.sh"
mkdir "$work/export"
sources 1.0.0
key() { bundle key generate -o "keys/$1.key" --no-password >/dev/null; }
print_of() { bundle key show "keys/$1.pub" --json | jq -r .fingerprint; }
for k in anna bert carl first second thief boss; do key "$k"; done
root_key() { bundle trust sign "keys/trust/$1.json" --key "keys/$2.key" >/dev/null 2>&1 || die "$2 signs root $1"; }

bundle trust create --root keys/anna.pub --root keys/bert.pub --root keys/carl.pub --release keys/first.pub >/dev/null 2>&1
root_key 1 anna
status 1 bundle trust create --release keys/second.pub
has "not signed by enough keys"
root_key 1 bert
pack_by() { mv "$author/keys/pond.key" "$author/pond.saved"; cp "$author/keys/$2.key" "$author/keys/pond.key"; pack "$1"; mv "$author/pond.saved" "$author/keys/pond.key"; }
pack_by 1.0.0 first

up trust-years --root bookworm --bind-ro "$stick:/media/stick" --bind-ro "$author/keys/trust:/media/roots"
"$host" put "$h" "$tool" /usr/lib/bundle/bundle
inside() { "$host" run "$h" -- sh -c "$*"; }
inside ln -s ../lib/bundle/bundle /usr/bin/bundle
words=$(bundle trust show keys/trust/1.json --json | jq -r .spoken)
status 3 on trust adopt /media/roots/1.json --fingerprint "$(print_of anna)"
status 0 on trust adopt /media/roots/1.json --fingerprint "$words"
install_release 1.0.0
serves 1.0.0

# The first release key is stolen. Root 2 revokes it; the next release brings root 2 with it.
bundle trust revoke "$(print_of first)" --release keys/second.pub >/dev/null 2>&1
root_key 2 bert && root_key 2 carl
pack_by 1.1.0 second
status 0 on plan /media/stick/pond-1.1.0-amd64.bundle
has "trust root 1 is followed by 2"
[ "$(on trust show --json | jq .number)" = 1 ] || die "a plan advanced the trust root"
install_release 1.1.0
serves 1.1.0
[ "$(on trust show --json | jq .number)" = 2 ] || die "root 2 was not kept"
status 3 bundle create v1.2.0 --key keys/first.key
has "is revoked"
# The thief has no such scruples.
mv "$author/keys/trust" "$work/trust.aside"
pack_by 1.2.0 first
mv "$work/trust.aside" "$author/keys/trust"
status 3 on install /media/stick/pond-1.2.0-amd64.bundle --yes
has "$(print_of first)" revoked
serves 1.1.0
say "a stolen release key is revoked by the release that follows it"

# A thief of one root key makes a root of their own.
cp -r "$author/keys/trust" "$work/trust.saved"
bundle trust create --root keys/thief.pub --release keys/thief.pub --drop "$(print_of bert)" >/dev/null 2>&1 || true
bundle trust create --release keys/thief.pub >/dev/null 2>&1 || true
bundle trust sign keys/trust/3.json --key keys/anna.key >/dev/null 2>&1 || die "the thief signs root 3"
status 3 on trust update /media/roots
has "needs the signatures of 2" "$(print_of anna)"
[ "$(on trust show --json | jq .number)" = 2 ] || die "one root key of three made root 3"
rm -r "$author"/keys/trust/* && cp "$work"/trust.saved/* "$author/keys/trust/"
say "one root key of three changes nothing"

# Approvals: the site wants one, and the approver's key comes by root 3, without a release.
bundle trust create --approve keys/boss.pub >/dev/null 2>&1
root_key 3 anna && root_key 3 bert
status 0 on trust update /media/roots
has "trust root 3"
inside 'printf "approvals: 1\nproducts: [pond]\n" > /etc/bundle/policy.yaml'
pack_by 1.2.0 second
status 0 on plan /media/stick/pond-1.2.0-amd64.bundle
has "install would refuse" "1 approver must approve"
status 3 on install /media/stick/pond-1.2.0-amd64.bundle --yes
has "bundle approve" "--override"
serves 1.1.0
bundle approve "$stick/pond-1.2.0-amd64.bundle" --key keys/second.key --trust keys/trust/3.json >/dev/null 2>&1
status 3 on install /media/stick/pond-1.2.0-amd64.bundle --yes
has "by nobody who is an approver here"
rm "$stick"/*.minisig
bundle approve "$stick/pond-1.2.0-amd64.bundle" --key keys/boss.key --trust keys/trust/3.json >/dev/null 2>&1
touch "$stick/._pond-1.2.0-amd64.approval.x.minisig"
install_release 1.2.0
serves 1.2.0
inside "grep -q '$(print_of boss)' /var/lib/bundle/audit.log" || die "the audit log lacks the approver"
inside 'ls /var/lib/bundle/pond/evidence/1.2.0-*/approvals/*.minisig' >/dev/null || die "the approval is not with the evidence"
# What stock tools make of it.
bundle key show keys/boss.pub >/dev/null && (cd "$stick" && minisign -Vm pond-1.2.0-amd64.approval -x pond-1.2.0-amd64.approval."$(print_of boss)".minisig -p "$author/keys/boss.pub" >/dev/null) || die "stock minisign"
say "an approval lets a release in, is kept, and stock minisign proves it"

# Staging before production: a second host wants to see that the first one had this very release in service.
h1=$h
"$host" put "$h1" "$author/keys/boss.pub" /root/boss.pub
status 0 on key host
on key show /etc/bundle/keys/host.pub --json >"$work/host.json"
inside 'cat /etc/bundle/keys/host.pub' >"$author/keys/staging.pub"
bundle trust create --host keys/staging.pub >/dev/null 2>&1
root_key 4 anna && root_key 4 carl
pack_by 1.2.1 second
bundle approve "$stick/pond-1.2.1-amd64.bundle" --key keys/boss.key --trust keys/trust/4.json >/dev/null 2>&1
install_release 1.2.1
[ "$(on trust show --json | jq .number)" = 4 ] || die "root 4 did not come with the release"
up production --root bookworm --bind-ro "$stick:/media/stick" --bind-ro "$author/keys/trust:/media/roots" --bind "$work/export:/media/export"
"$host" put "$h" "$tool" /usr/lib/bundle/bundle
inside ln -s ../lib/bundle/bundle /usr/bin/bundle
status 0 on trust adopt /media/roots/4.json --fingerprint "$(bundle trust show keys/trust --json | jq -r .fingerprint)"
inside 'printf "approvals: 1\nreceipts: { hosts: 1 }\n" > /etc/bundle/policy.yaml'
status 3 on install /media/stick/pond-1.2.1-amd64.bundle --yes
has "1 other host must have had this very release"
h2=$h h=$h1
status 0 on receipts export /tmp
inside 'tar -C /tmp -cf - $(cd /tmp && ls -d *-*/receipts | sed s,/receipts,,)' | tar -xf - -C "$work/export"
h=$h2
status 0 on install /media/stick/pond-1.2.1-amd64.bundle --yes --receipts /media/export
serves 1.2.1
inside 'ls /var/lib/bundle/pond/evidence/1.2.1-*/witnesses/*.receipt' >/dev/null || die "the witness is not with the evidence"
status 0 on remove pond --data --yes
h=$h1
say "production takes what staging vouches for, by its signed receipt"

# Fast-forward: a version so high that nothing newer can follow, and the way back with a reason.
pack_by 99.0.0 second
status 3 on install /media/stick/pond-99.0.0-amd64.bundle --yes
status 64 on install /media/stick/pond-99.0.0-amd64.bundle --yes --override approvals
status 0 on install /media/stick/pond-99.0.0-amd64.bundle --yes --override approvals --reason "the boss is asleep"
inside 'rm /etc/bundle/policy.yaml'
pack_by 1.3.0 second
status 3 on install /media/stick/pond-1.3.0-amd64.bundle --yes
has "older than 99.0.0"
inside 'echo "downgrade: never" > /etc/bundle/policy.yaml'
status 3 on install /media/stick/pond-1.3.0-amd64.bundle --yes --override downgrade --reason "wrong number"
inside 'rm /etc/bundle/policy.yaml'
status 0 on install /media/stick/pond-1.3.0-amd64.bundle --yes --override downgrade --reason "wrong number"
serves 1.3.0
pack_by 1.4.0 second
install_release 1.4.0
serves 1.4.0
inside 'grep -q "the boss is asleep" /var/lib/bundle/audit.log && grep -q "wrong number" /var/lib/bundle/audit.log' || die "an override is not in the log"
say "a fast-forward is undone with a reason, once"

inside 'echo "approval: 1" > /etc/bundle/policy.yaml'
status 78 on install /media/stick/pond-1.4.0-amd64.bundle --yes
has "policy.yaml:1" approvals
inside 'echo "approvals: 1" > /etc/bundle/policy.yaml; chmod 666 /etc/bundle/policy.yaml'
status 3 on install /media/stick/pond-1.4.0-amd64.bundle --yes
inside 'rm /etc/bundle/policy.yaml'

# All root keys are lost: a person vouches anew, with a reason.
rm -r "$author/keys/trust"
bundle trust create --root keys/thief.pub --release keys/second.pub >/dev/null 2>&1
root_key 1 thief
inside 'mkdir /root/new' && for f in "$author"/keys/trust/*; do "$host" put "$h" "$f" "/root/new/${f##*/}"; done
mark=$(bundle trust show keys/trust --json | jq -r .fingerprint)
status 3 on trust adopt /root/new/1.json --fingerprint "$mark"
status 0 on trust adopt /root/new/1.json --fingerprint "$mark" --replace --reason "the safe burnt"
[ "$(on trust show --json | jq -r .fingerprint)" = "$mark" ] || die "the new root is not believed"
inside 'ls /etc/bundle/trust/replaced/*/4.json' >/dev/null || die "what was believed is gone"
serves 1.4.0

# Killed at any rename of a replacement, the host believes the old roots or the new one, and going on works.
mark_old=$mark
bundle trust create --drop "$(print_of thief)" --root keys/anna.pub >/dev/null 2>&1
root_key 2 thief && root_key 2 anna
inside 'rm -r /root/new; mkdir /root/new' && for f in "$author"/keys/trust/*; do "$host" put "$h" "$f" "/root/new/${f##*/}"; done
mark=$(bundle trust show keys/trust --json | jq -r .fingerprint)
for at in 1 2 3 4 5 6; do
    strace -f -o /dev/null -e trace=rename,renameat,renameat2 -e inject=rename,renameat,renameat2:signal=KILL:when=$at \
        "$host" run "$h" -- bundle trust adopt /root/new/2.json --fingerprint "$mark" --replace --reason "kill $at" >/dev/null 2>&1 || true
    now=$(on trust show --json | jq -r .fingerprint)
    case $now in "$mark_old" | "$mark") ;; *) die "killed at rename $at, the host believes $now" ;; esac
done
status 0 on trust adopt /root/new/2.json --fingerprint "$mark" --replace --reason "done"
inside 'printf x | dd of=/etc/bundle/trust/2.json bs=1 seek=9 conv=notrunc status=none'
status 3 on trust show
has damaged --replace
status 0 on trust adopt /root/new/2.json --fingerprint "$mark" --replace --reason "a bad block"
[ "$(on trust show --json | jq -r .fingerprint)" = "$mark" ] || die "what was damaged is still there"
say "a replacement that is killed leaves the old roots or the new one"
status 0 on remove pond --data --yes
