# SPDX-License-Identifier: Apache-2.0
# What a host refuses, with which status, and that nothing changes by it.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
ready refusals bookworm
untouched() { [ -z "$("$host" run "$h" -- sh -c 'ls -d /opt/pond /etc/systemd/system/pond* 2>/dev/null')" ] || die "something changed: $1"; }
file=$stick/pond-1.0.0-amd64.bundle

for where in 600 3000 40000 half; do
    cp "$file" "$stick/tampered.bundle"
    [ "$where" = half ] && where=$(($(stat -c %s "$file") / 2))
    byte=$(od -An -tu1 -j "$where" -N 1 "$file" | tr -d ' ')
    printf "$(printf '\\%03o' $((byte ^ 1)))" | dd of="$stick/tampered.bundle" bs=1 seek="$where" conv=notrunc status=none
    got=0
    on install /media/stick/tampered.bundle --yes >"$work/said" 2>&1 || got=$?
    case $got in 3 | 65) ;; *) cat "$work/said" && die "byte $where changed: exit status $got" ;; esac
    untouched "byte $where"
done
say "a changed byte is refused at the start, in the signature area, the head and the middle"

head -c 20000 "$file" >"$stick/short.bundle" && status 65 on install /media/stick/short.bundle --yes
: >"$stick/empty.bundle" && status 65 on install /media/stick/empty.bundle --yes
echo hello >"$stick/hello.bundle" && status 65 on install /media/stick/hello.bundle --yes
untouched "no bundle"

cp "$author/keys/pond.key" "$work/right.key" && cp "$author/keys/pond.pub" "$work/right.pub"
rm "$author"/keys/* && pack 1.0.1
status 3 on install /media/stick/pond-1.0.1-amd64.bundle --yes
cp "$work/right.key" "$author/keys/pond.key" && cp "$work/right.pub" "$author/keys/pond.pub"
untouched "a key that nobody adopted"

"$host" net "$h" -- "$load" serve other 0.0.0.0:80 >/dev/null &
background+=($!)
other=$!
sleep 0.3
status 1 on install "/media/stick/$(basename "$file")" --yes
has 80
kill $other
untouched "a public port that another program has"

status 1 "$host" run "$h" -- setpriv --reuid 65534 --clear-groups bundle install "/media/stick/$(basename "$file")" --yes
has root

BAKE=15s pack 1.2.0
on install /media/stick/pond-1.2.0-amd64.bundle --yes >"$work/first" 2>&1 &
first=$!
sleep 4
status 11 on install /media/stick/pond-1.0.0-amd64.bundle --yes
wait $first || { cat "$work/first" && die "the first of two installations"; }
serves 1.2.0
say "of two installations at once one waits for nothing and is refused (11), the other is undisturbed"
status 0 on remove pond --data --yes
