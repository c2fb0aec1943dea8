# SPDX-License-Identifier: Apache-2.0
# A release in parts on read-only media: installed from where they lie, never joined; each fault is one part's, and changes nothing.
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
