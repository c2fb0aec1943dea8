# SPDX-License-Identifier: Apache-2.0
# A copy goes bad, and is mended by its parity files; what cannot be mended is named, and what mends is not believed.
. "$(dirname "$0")/../lib.sh"
amend() {
    head -c 8000000 /dev/urandom >"$author/bin/noise"
    sed -i 's|as: serve }|&, { from: bin/noise }|' "$author/bundle.yaml"
}
pack 1.0.0
name=pond-1.0.0-amd64.bundle
file=$stick/$name
mounted=()
# A loop device lets go of what is below it a moment after it was unmounted.
leave() { for place in "${mounted[@]}"; do for _ in $(seq 100); do umount "$place" 2>/dev/null && break || sleep 0.1; done; done; }
trap 'ended=$?; set +e; leave 2>/dev/null; (exit $ended); finish' EXIT
echo program >"$work/program"

mkdir "$work/good" "$work/parts"
status 0 bundle copy "$file" "$work/good" --parity 20 --program "$work/program"
has "$name.par2" "$name.vol"
status 0 bundle verify "$work/good" --pubkey keys/pond.pub
split -a 3 --numeric-suffixes=1 -b 1m "$file" "$work/parts/$name."
(cd "$work/parts" && sha256sum "$name".??? >"$name.parts")
mkdir "$work/good-parts"
status 0 bundle copy "$work/parts" "$work/good-parts" --parity 20 --program "$work/program"
status 0 bundle verify "$work/good-parts" --pubkey keys/pond.pub
say "parity files lie beside a bundle and beside parts, and no verb takes them for either"

# spoil NAME: a copy to be damaged, in $bad; mended is where it goes.
spoil() {
    bad=$work/bad mended=$work/mended
    rm -rf "$bad" "$mended"
    cp -r "$work/${1:-good}" "$bad"
    mkdir "$mended"
}
mend() { status "$1" bundle copy --repair "${3:-$bad}" "${2:-$mended}" --pubkey keys/pond.pub; }
same() {
    cmp "$file" "$mended/$name"
    [ "$(ls -A "$mended")" = "$name" ] || die "something else is there: $(ls -A "$mended")"
}
at() { dd of="$bad/$name" bs=1 seek="$1" conv=notrunc status=none; }

spoil
mend 0
has "nothing had to be mended" "proven"
same
for place in 100 600 40000 3000000 8000000; do printf 'spoilt' | at "$place"; done
rm -r "$mended" && mkdir "$mended"
mend 0
has "mended: $name" "proven"
same
spoil
dd if=/dev/zero of="$bad/$name" bs=1M seek=3 count=1 conv=notrunc status=none
status 65 bundle verify "$bad" --pubkey keys/pond.pub
mend 0
same
spoil
truncate -s -1000000 "$bad/$name"
mend 0
same
spoil
rm "$bad/$name"
truncate -s -100 "$bad/$name".vol*
mend 65 "$mended" "$bad"
has "$name is not there"
[ -z "$(ls -A "$mended")" ] || die "something was left: $(ls -A "$mended")"
say "flipped bytes in the head and in packs, a zeroed 1 MiB, a cut end: mended byte for byte; nothing is made of nothing"

spoil
printf spoilt | at 5000000
mend 0 "$bad" "$bad/$name"
cmp "$file" "$bad/$name"
[ -z "$(find "$bad" -name '.bundle-tmp-*')" ] || die "scratch is left"
say "in place, where that is asked for"

spoil good-parts
rm "$bad/$name.004"
truncate -s 500000 "$bad/$name.002"
status 65 bundle verify "$bad" --pubkey keys/pond.pub
mend 0
has "mended: $name.002, $name.004"
cat "$mended/$name".??? | cmp - "$file"
spoil good-parts
rm "$bad/$name.parts"
mend 0
has "mended: $name.parts"
cmp "$work/parts/$name.parts" "$mended/$name.parts"
say "a missing part, a cut one, a lost list"

# Not zeros: the signature area has blocks of them, which par2 then finds at every byte.
spoil
dd if=/dev/urandom of="$bad/$name" bs=1M seek=2 count=4 conv=notrunc status=none
mend 65
has "par2 could not mend it" "bin/noise"
[ -z "$(ls -A "$mended")" ] || die "something was left: $(ls -A "$mended")"
spoil good-parts
rm "$bad/$name.004" "$bad/$name.005" "$bad/$name.006"
mend 65
has "$name.004"
[ -z "$(ls -A "$mended")" ] || die "something was left: $(ls -A "$mended")"
say "more than parity can mend: refused, with what is bad by name"

# Bad sectors under a file system: found in the image by the bytes that lie there.
truncate -s 64M "$work/image"
mkfs.ext4 -q -O ^has_journal -N 64 "$work/image"
mkdir "$work/disk" "$work/sore"
mount -o loop "$work/image" "$work/disk"
cp "$work/good/$name"* "$work/disk/"
umount "$work/disk"
mapfile -t places < <(python3 -B - "$file" "$work/image" <<'PY'
import sys
file, image = (open(path, "rb").read() for path in sys.argv[1:])
for place in (1 << 20, 3 << 20, (3 << 20) + 4096, 7 << 20):
    print(image.index(file[place:place + 4096]))
PY
)
python3 -B "$tests/../Support/host/sore.py" "$work/sore" "$work/image" "${places[@]}" &
background+=($!)
mounted=("$work/sore")
for _ in $(seq 200); do [ -e "$work/sore/disk" ] && break || sleep 0.1; done
mount -o loop,ro "$work/sore/disk" "$work/disk"
mounted=("$work/disk" "$work/sore")
status 1 sha256sum "$work/disk/$name"
rm -rf "$mended" && mkdir "$mended"
mend 0 "$mended" "$work/disk"
has "bytes cannot be read" "mended: $name"
same
leave
mounted=()
say "sectors that cannot be read: the rest is read, and they are mended"

# A forger's parity files name another file, far away.
spoil
printf spoilt | at 5000000
mkdir "$work/forged" && mv "$bad" "$work/forged/below" && bad=$work/forged/below
python3 -B "$tests/../Support/host/renamed-parity.py" ../../../../../../../../../../etc/pond-was-here "$bad/$name".*par2
mend 65
[ ! -e /etc/pond-was-here ] || die "par2 wrote into /etc"
python3 -B "$tests/../Support/host/renamed-parity.py" ../kept "$bad/$name".*par2
echo kept >"$work/forged/kept"
mend 65 "$bad"
[ "$(ls "$work/forged")" = "below"$'\n'"kept" ] && [ "$(cat "$work/forged/kept")" = kept ] || die "something was written beside"
[ -z "$(find "$bad" -name '.bundle-tmp-*')" ] || die "scratch is left"
say "parity files that name a file elsewhere: nothing is written there, and nothing is believed"

# A parity of other bytes, well signed by nobody: what comes out is proven as ever.
spoil
head -c 9000000 /dev/urandom >"$work/other" && mv "$work/other" "$bad/$name"
(cd "$bad" && rm ./*.par2 && par2 create -q -q -r5 -- "$name.par2" "$name")
mend 65
[ -z "$(ls -A "$mended")" ] || die "something was left: $(ls -A "$mended")"
say "parity files of something else mend to something else, which is refused"

spoil
printf spoilt | at 5000000
mount -t tmpfs -o size=12m none "$mended"
mounted=("$mended")
mend 1
has "bytes free"
[ -z "$(ls -A "$mended")" ] || die "something was left: $(ls -A "$mended")"
umount "$mended"
mount -t tmpfs -o size=4m none "$mended"
status 1 bundle copy "$file" "$mended" --parity 20
has "nothing was written"
umount "$mended"
mounted=()
without() { unshare -m bash -c 'mount --bind /dev/null /usr/bin/par2 && cd "$0" && exec "$@"' "$author" "$tool" "$@"; }
status 1 without copy "$file" "$mended" --parity 20 --pubkey keys/pond.pub
has "not installed"
[ -z "$(ls -A "$mended")" ] || die "something was written"
status 1 without copy --repair "$bad" "$mended" --pubkey keys/pond.pub
rm "$bad"/*.par2
mend 10
has "no parity file"
status 64 bundle copy "$file" "$mended" --parity 0
say "a full disk, no par2, no parity files: each is said before anything is written"

# What par2 could do once an attacker has it: Python stands for it, and asks the kernel for anything.
mkdir "$work/inside" "$work/outside"
attempt() { # CONFINED ACT: `did`, an errno(3), or `memory`
    local code="
import os, socket, sys
inside, outside = sys.argv[1:3]
try:
    $2
    print('did')
except OSError as fault: print(fault.errno)
except MemoryError: print('memory')
"
    local walls=()
    [ "$1" = free ] || walls=("$tool" __tool $((1 << 30)) $((1 << 20)) 60 "$work/inside" 1 "$work/outside")
    (cd "$work/inside" && "${walls[@]}" /usr/bin/python3 -c "$code" "$work/inside" "$work/outside" 2>&1)
}
fresh() {
    rm -rf "${work:?}"/inside/* "${work:?}"/outside/*
    echo kept | tee "$work/inside/file" >"$work/outside/file"
}
acts=0
while IFS='|' read -r wanted act; do
    fresh
    found=$(attempt free "$act")
    [ "$found" = did ] || die "the control: $act: $found"
    fresh
    found=$(attempt confined "$act")
    case " $wanted " in *" $found "*) ;; *) die "$act: $found, wanted $wanted" ;; esac
    [ "$wanted" = did ] || [ "$(cat "$work/outside/file")" = kept ] && [ "$(ls "$work/outside")" = file ] || die "$act: outside was changed"
    acts=$((acts + 1))
done <<'ACTS'
did|open('made', 'w').write('x'); os.rename('made', 'named'); os.unlink('file')
did|open(outside + '/file').read(); os.listdir(outside)
13|open('/etc/passwd').read()
13|os.listdir('/')
13 30|open(outside + '/file', 'w')
13 30|open(outside + '/new', 'w')
13 30|os.unlink(outside + '/file')
38|os.truncate(outside + '/file', 0)
1|os.open(outside + '/file', os.O_RDONLY | os.O_TRUNC)
38|os.chmod(inside + '/file', 0o777)
38|os.mkdir('directory')
38|os.symlink('/etc/passwd', 'link')
38|os.link('file', 'link')
38|socket.socket()
38|socket.socketpair()
1|os.fork() or os._exit(0)
38|os.kill(os.getppid(), 0)
memory|bytearray(2 << 30)
27|open('large', 'wb').write(bytes(2 << 20))
ACTS
say "$acts things that a program in its place may do or not, each with a control without walls"
