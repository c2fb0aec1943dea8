# SPDX-License-Identifier: Apache-2.0
# A release in parts on read-only media: installed from where they lie, never joined; each fault is one part's, and changes nothing.
# What came is unpacked while the last part is waited for, and is nothing until that is proven, too.
. "$(dirname "$0")/../lib.sh"
mkdir -p "$work/a" "$work/b"
# cut_up VERSION: the parts of that release in $author, and the whole on the stick.
cut_up() {
    pack "$1"
    name=pond-$1-amd64.bundle
    bundle create "v$1" --key keys/pond.key --codec zstd:3 --split 128k >/dev/null 2>&1
    cat "$author/$name".??? | cmp - "$stick/$name"
    (cd "$author" && sha256sum --strict -c "$name.parts") >/dev/null
    rm "$stick/$name"
    count=$(wc -l <"$author/$name.parts")
    [ "$count" -ge 4 ] || die "$count parts are too few for this test"
}
cut_up 1.0.0
ready parts bookworm --bind-ro "$work/a:/media/a" --bind-ro "$work/b:/srv/b"
untouched() { [ -z "$("$host" run "$h" -- sh -c 'ls -d /opt/pond /etc/systemd/system/pond* 2>/dev/null')" ] || die "something changed: $1"; }

# Every second part on each medium, the list on the first, and what a Mac leaves.
cp "$author/$name.parts" "$work/a/"
place=0
for part in "$author/$name".[0-9]*; do
    place=$((1 - place))
    if [ $place = 1 ]; then cp "$part" "$work/a/"; else cp "$part" "$work/b/"; fi
done
for litter in "._$name.001" "._$name.parts" .DS_Store; do printf '\0\5\26\7' >"$work/a/$litter"; done

status 65 on install "/media/a/$name.parts" --yes
has "$name.002" "$name.004" "not in /media/a" "--parts-in"
untouched "half of the parts"
from() { status "$1" on "$2" "/media/a/$name.parts" --parts-in /srv/b "${@:3}"; }
second=$work/b/$name.002
right=$author/$name.002

cp "$right" "$second" && printf 'X' | dd of="$second" bs=1 seek=60000 conv=notrunc status=none
from 65 install --yes
has "/srv/b/$name.002 is damaged" "packs/" "it feeds" "sha256sum -c $name.parts"
head -c 100000 "$right" >"$second"
from 65 install --yes
has "/srv/b/$name.002 has 100000 bytes of 131072"
cp "$author/$name.003" "$second"
from 65 install --yes
has "/srv/b/$name.002 holds what $name.003 must be"
untouched "a damaged, a cut and a swapped part"
cp "$right" "$second"
say "missing, damaged, cut and swapped parts are named, and nothing changes"

from 0 verify
from 0 plan
status 0 on verify "/srv/b/$name.002" --parts-in /media/a
from 0 install --yes
serves 1.0.0
say "$count parts on two read-only mounts are installed without joining"

# Of two files that do not share a pack, each longer than a part: the last part lies in the last pack.
amend() {
    head -c 400000 /dev/urandom | base64 -w 99 >"$author/text"
    sed -i 's|^config:|files: [ { from: text, to: text } ]\nconfig:|' "$author/bundle.yaml"
}
rm "$work"/a/* "$work"/b/*
cut_up 1.1.0
cp "$author/$name".* "$work/a/"
last=$work/a/$name.$(printf %03d "$count")
right=$author/${last##*/}
there() { "$host" run "$h" -- sh -c 'find /opt/pond/releases -mindepth 1 -maxdepth 1; ls -d /var/lib/bundle/pond/staging 2>/dev/null || true' | sort; }
before=$(there)
# stage_and_give FILE: stages without the last part; when something is unpacked, FILE becomes it. How staging ended is in $got.
stage_and_give() {
    rm -f "$last"
    got=0
    on stage "/media/a/$name.parts" --wait >"$work/staged" 2>&1 &
    local staging=$!
    background+=($staging)
    for tries in $(seq 600); do
        [ -z "$("$host" run "$h" -- find /opt/pond/releases -path '*.new/*' -type f -size +100k)" ] || break
        kill -0 $staging 2>/dev/null || die "staging did not wait for the last part: $(cat "$work/staged")"
        [ "$tries" != 600 ] || die "nothing is unpacked while the last part is waited for: $(cat "$work/staged")"
    done
    cp "$1" "$work/a/.coming" && mv "$work/a/.coming" "$last"
    wait $staging || got=$?
}
cp "$right" "$work/bad" && printf 'X' | dd of="$work/bad" bs=1 seek=9 conv=notrunc status=none
cmp -s "$right" "$work/bad" && printf 'Y' | dd of="$work/bad" bs=1 seek=9 conv=notrunc status=none
stage_and_give "$work/bad"
[ $got = 65 ] || die "a bad last part: $got: $(cat "$work/staged")"
grep -q "${last##*/} is damaged" "$work/staged" || die "$(cat "$work/staged")"
[ "$(there)" = "$before" ] || die "a bad last part leaves $(there)"
status 0 on audit
stage_and_give "$right"
[ $got = 0 ] || die "the right last part: $got: $(cat "$work/staged")"
from 0 install --yes
serves 1.1.0
status 0 on audit
say "what came is unpacked before the last part is read; a bad one leaves nothing, the right one a whole release"
