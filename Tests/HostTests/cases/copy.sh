# SPDX-License-Identifier: Apache-2.0
# A medium that is written is read back: what fits, what has no room, what a stick with a wrong label gives back.
. "$(dirname "$0")/../lib.sh"
amend() {
    head -c 8000000 /dev/urandom >"$author/bin/noise"
    sed -i 's|as: serve }|&, { from: bin/noise }|' "$author/bundle.yaml"
}
pack 1.0.0
name=pond-1.0.0-amd64.bundle
file=$stick/$name
mounted=()
leave() { for place in "${mounted[@]}"; do umount "$place"; done; }
trap 'ended=$?; set +e; leave 2>/dev/null; (exit $ended); finish' EXIT

mkdir "$work/good" "$work/small" "$work/liar" "$work/wrong"
status 0 bundle copy "$file" "$work/good"
has "read back" "proven"
cmp "$file" "$work/good/$name"
cmp "$tool" "$work/good/bundle"
cmp "$repository/install/bootstrap.sh" "$work/good/bootstrap.sh"

mount -t tmpfs -o size=4m none "$work/small"
mounted=("$work/small")
status 1 bundle copy "$file" "$work/small"
has "nothing was written" "bytes free"
[ -z "$(ls -A "$work/small")" ] || die "something was written: $(ls -A "$work/small")"
say "what does not fit is refused before anything is written"

# 256 MiB on the label, 6 MiB inside: the file system and the beginning of the bundle are there.
python3 -B "$tests/../Support/host/liar.py" "$work/liar" $((256 << 20)) $((6 << 20)) &
background+=($!)
for _ in $(seq 200); do [ -e "$work/liar/disk" ] && break || sleep 0.1; done
mounted+=("$work/liar")
mkfs.ext4 -q -O ^has_journal -E lazy_itable_init=0,nodiscard -N 64 "$work/liar/disk"
mount -o loop "$work/liar/disk" "$work/wrong"
mounted=("$work/wrong" "${mounted[@]}")
echo program >"$work/program"
status 65 bundle copy "$file" "$work/wrong" --program "$work/program"
has "does not come back from the medium as it was written"
say "a stick that says it is larger than it is: copy finds it out"
