# SPDX-License-Identifier: Apache-2.0
# Deltas on a whole host: one on a full bundle, one on a delta, the way back, and each host that lacks something.
. "$(dirname "$0")/../lib.sh"
amend() {
    echo "page ${PAGE:-$version}" >"$author/page.txt"
    # As much as makes three of the smallest parts.
    [ -z "${SEALED-}" ] || head -c 150000 /dev/urandom >>"$author/page.txt"
    # A program that is another one, and runs as before.
    [ -z "${CODED-}" ] || echo "built as $version" >>"$author/bin/serve"
    # What 1.1.0 brings and the later ones keep.
    if [ "$version" = 1.0.0 ]; then echo old; else echo new; fi >"$author/more.txt"
    sed -i 's|^config:|files: [ { from: page.txt, to: page.txt }, { from: more.txt, to: more.txt } ]\nconfig:|' "$author/bundle.yaml"
}
name_of() { echo "pond-$1-amd64$2.bundle"; }
# delta VERSION BASE…: writes pond-VERSION-amd64.delta.bundle onto the stick; the full one does not go there. SEALED are further options of
# `create`, and what it then calls the file.
delta() {
    local version=$1 bases=() base how=(--codec zstd:3)
    # The default preset codes what changed against what was there.
    [ -z "${CODED-}" ] || how=()
    # shellcheck disable=SC2206
    how+=(${SEALED-})
    shift
    for base in "$@"; do
        case $base in --host-key | *.pub) bases+=("$base") ;; *) bases+=(--base "$base") ;; esac
    done
    sources "$version"
    bundle create "v$version" --key keys/pond.key --codec zstd:3 >/dev/null 2>&1
    bundle create "v$version" --key keys/pond.key "${how[@]}" "${bases[@]}" >"$work/create.log" 2>&1 || die "$(cat "$work/create.log")"
    mv "$author/$(name_of "$version" .delta)"* "$stick/"
}
pack 1.0.0
full=$(stat -c %s "$stick/$(name_of 1.0.0 '')")
delta 1.1.0 "$stick/$(name_of 1.0.0 '')"
delta 1.2.0 "$stick/$(name_of 1.1.0 .delta)"
small=$(stat -c %s "$stick/$(name_of 1.1.0 .delta)")
[ $((small * 5)) -lt "$full" ] || die "a delta of $small bytes, and $full in full"
said=$(bundle diff "$stick/$(name_of 1.0.0 '')" "$stick/$(name_of 1.1.0 .delta)" --pubkey keys/pond.pub --json) || die "diff: $?"
[ "$(jq -r '[.delta_bytes, ([.changes[] | select(.name | startswith("share/")) | "\(.name) \(.change)"] | sort[])] | join(" ")' <<<"$said")" = \
    "$small share/more.txt changed share/page.txt changed" ] || die "diff does not say what changes: $said"
ready delta bookworm
"$host" run "$h" -- sh -c "mkdir -p /etc/pond && echo keep: 2 >/etc/pond/host.yaml"
take() { status "$1" on "$2" "/media/stick/$(name_of "$3" .delta)" "${@:4}"; }
untouched() { [ -z "$("$host" run "$h" -- sh -c 'ls -d /opt/pond /etc/systemd/system/pond* /var/lib/bundle/pond/packs 2>/dev/null')" ] || die "something changed: $1"; }

for verb in plan stage install; do
    more=()
    [ $verb != install ] || more=(--yes)
    take 10 $verb 1.1.0 "${more[@]}"
    has "is a delta, and this host lacks" "bring the full bundle of 1.1.0, or first pond 1.0.0"
done
untouched "a delta on an empty host"
take 0 verify 1.1.0
has "not whole: needs" "of a host that has pond 1.0.0"
say "a host without the base refuses and is as it was; verify says what is lacking"

install_release 1.0.0
serves 1.0.0
take 10 install 1.2.0 --yes
has "or first pond 1.1.0"
serves 1.0.0
take 0 plan 1.1.0
load_begins
take 0 install 1.1.0 --yes
take 0 stage 1.2.0
status 0 on install pond@1.2.0 --yes
load_ends
serves 1.2.0
page() { "$host" run "$h" -- cat /opt/pond/current/share/page.txt; }
[ "$(page)" = "page 1.2.0" ] || die "$(page)"
status 0 on audit pond
say "a delta on the full bundle, one on that delta, under load: $requests requests, none failed; the audit finds nothing"

status 0 on rollback pond --yes
serves 1.1.0
[ "$(page)" = "page 1.1.0" ] || die "$(page)"
status 0 on audit pond
status 0 on install pond@1.2.0 --yes
program=/opt/pond/current/bin/serve
"$host" run "$h" -- sh -c "ls /opt/pond/releases | grep -q '^1.0.0-'" && die "host.yaml keeps two releases, and the base is one of three"
"$host" run "$h" -- sh -c "cp $program /root/serve && printf x >>/root/serve && mv /root/serve $program"
status 12 on audit pond
status 0 on audit pond --repair
serves 1.2.0
say "back and forth; the base is pruned, and a program is mended out of a pack that came with it"

# By what the host wrote down of itself, nobody having its bundles at hand.
status 0 on key host
status 0 on inventory pond -o /root/pond.inventory
for file in pond.inventory pond.inventory.minisig; do "$host" get "$h" "/root/$file" "$work/$file"; done
"$host" get "$h" /etc/bundle/keys/host.pub "$work/host.pub"
delta 1.2.1 "$work/pond.inventory" --host-key "$work/host.pub"
against() { status "$1" bundle plan "$stick/$(name_of 1.2.1 .delta)" --against "$work/pond.inventory" "${@:2}"; }
against 3
against 0 --host-key "$work/host.pub"
has "runs      pond 1.2.0" "needs     3 contents, of which the host has 3"
take 0 install 1.2.1 --yes
serves 1.2.1
status 0 on audit pond
say "a delta against the host's own inventory"

# A changed program, coded against the one that 1.0.0 brought, of which the host has nothing left but what others were made of.
CODED=1 delta 1.2.2 "$stick/$(name_of 1.0.0 '')" "$stick/$(name_of 1.2.0 .delta)"
grep -q "1 content of [0-9]* bytes coded against older ones" "$work/create.log" || die "$(cat "$work/create.log")"
take 0 verify 1.2.2
has "coded against older ones"
take 0 plan 1.2.2
packs() { "$host" run "$h" -- ls /var/lib/bundle/pond/packs; }
before=$(packs)
tar xOf "$stick/$(name_of 1.2.2 .delta)" packs.index | grep -q '^pack [0-9a-f]* delta ' || die "nothing of it is coded"
[ "$(packs)" = "$before" ] || die "plan changed the store"
load_begins
take 0 install 1.2.2 --yes
load_ends
serves 1.2.2
[ "$("$host" run "$h" -- tail -c 15 "$program")" = "built as 1.2.2" ] || die "another program"
packs | grep -q 'delta$' && die "a pack that refers to another content was kept"
status 0 on audit pond
pack 1.2.3
install_release 1.2.3
serves 1.2.3
"$host" run "$h" -- sh -c "ls /opt/pond/releases | grep -q '^1.2.1-'" && die "host.yaml keeps two releases, and the one before is one of three"
status 0 on audit pond
status 0 on rollback pond --yes
serves 1.2.2
status 0 on audit pond
"$host" run "$h" -- sh -c "cp $program /root/serve && printf x >>/root/serve && mv /root/serve $program"
status 12 on audit pond
status 0 on audit pond --repair
[ "$("$host" run "$h" -- tail -c 15 "$program")" = "built as 1.2.2" ] || die "another program"
status 0 on install pond@1.2.3 --yes
serves 1.2.3
say "a program coded against its predecessor: $requests requests, none failed; back to it, and mended, when what it was coded against is gone"

# The same, sealed for this host alone and cut up.
recipient=$("$host" run "$h" -- bundle key identity | grep -o 'age1[0-9a-z]*' | head -n 1)
CODED=1 SEALED="--encrypt-to $recipient --split 64k" delta 1.2.4 "$stick/$(name_of 1.2.3 '')"
grep -q "1 content of [0-9]* bytes coded against older ones" "$work/create.log" || die "$(cat "$work/create.log")"
sealed=$(name_of 1.2.4 .delta).age
count=$(wc -l <"$stick/$sealed.parts")
[ "$count" -ge 3 ] || die "$count parts are too few for this test"
mv "$stick/$sealed.002" "$work/"
status 65 on install "/media/stick/$sealed.parts" --yes
has "$sealed.002"
serves 1.2.3
mv "$work/$sealed.002" "$stick/"
load_begins
status 0 on install "/media/stick/$sealed.parts" --yes
load_ends
serves 1.2.4
[ "$("$host" run "$h" -- tail -c 15 "$program")" = "built as 1.2.4" ] || die "another program"
status 0 on rollback pond --yes
serves 1.2.3
say "a coded delta in $count encrypted parts: $requests requests, none failed"

# What lies in the store under the right name, with other bytes, is not believed.
"$host" run "$h" -- sh -c 'for pack in /var/lib/bundle/pond/packs/*; do printf x >>"$pack"; done'
"$host" run "$h" -- sh -c 'for file in /opt/pond/releases/*/share/page.txt; do printf x >>"$file"; done'
PAGE=1.2.3 delta 1.3.0 "$stick/$(name_of 1.2.3 '')"
take 10 install 1.3.0 --yes
has "this host lacks 1 of the 4 contents" "bundle audit"
serves 1.2.3
say "damaged packs and files are not taken for what they were; the program's file still is"
