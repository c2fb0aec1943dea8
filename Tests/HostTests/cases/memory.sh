# SPDX-License-Identifier: Apache-2.0
# Peak memory does not grow with the bundle: with 2 GB of content, verify and install stay below 128 MB each, also of one
# that is encrypted: by us for the author, and by Debian's age for the host, whose own identity opens it.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../peak.sh"
megabytes=${MEGABYTES:-2000}
limit=$((128 * 1024))

sources 1.0.0
# Cannot be compressed, and no block of it comes twice.
openssl enc -aes-128-ctr -pass pass:big -nosalt -pbkdf2 </dev/zero 2>/dev/null | head -c "$megabytes"M >"$author/big.bin" || true
sed -i 's|^config:|files: [ { from: big.bin, to: big.bin } ]\nconfig:|' "$author/bundle.yaml"

(cd "$author" && peak "$tool" create v1.0.0 --key keys/pond.key --codec zstd:1 --jobs 2)
created=$(<"$work/peak")
mv "$author/pond-1.0.0-amd64.bundle" "$stick/"
rm "$author/big.bin"
say "create of $(stat -c %s "$stick/pond-1.0.0-amd64.bundle") bytes peaks at $((created / 1024)) MB"
[ "$created" -le $(((128 + 2 * 480) * 1024)) ] || die "create takes $created KiB"

peak "$tool" verify "$stick/pond-1.0.0-amd64.bundle" --pubkey "$author/keys/pond.pub"
say "verify peaks at $((peak / 1024)) MB"
[ "$peak" -le $limit ] || die "verify takes $peak KiB"

ready memory bookworm
# The host's recipient reaches the author; the plain bundle never reaches the host.
recipient=$(on key identity --json | jq -r '.recipients[0]')
[ "$("$host" run "$h" -- stat -c %a%U /etc/bundle/keys /etc/bundle/keys/identity.txt | tr '\n' ' ')" = "700root 600root " ] ||
    die "the identity is not root's alone"
[ "$(on key identity --json | jq -r '.recipients[0]')" = "$recipient" ] || die 'an identity is made once, then shown'
[ "$(on key show /etc/bundle/keys/identity.txt --json | jq -r '.recipients[0]')" = "$recipient" ] || die "another recipient"
age -r "$recipient" -o "$stick/pond-1.0.0-amd64.bundle.age" "$stick/pond-1.0.0-amd64.bundle" || die "age"
rm "$stick/pond-1.0.0-amd64.bundle"
head -c 100000000 "$stick/pond-1.0.0-amd64.bundle.age" >"$stick/cut.age"
status 65 on install /media/stick/cut.age --yes
has 100000000
rm "$stick/cut.age"
bundle key identity -o "$work/other.txt" >/dev/null
status 3 on install /media/stick/pond-1.0.0-amd64.bundle.age --yes --identity "$("$host" put "$h" "$work/other.txt" /root/other.txt && echo /root/other.txt)"

watch_host
status 0 on install /media/stick/pond-1.0.0-amd64.bundle.age --yes
watched
say "install of what is encrypted peaks at $((peak / 1024)) MB"
[ "$peak" -le $limit ] || die "install takes $peak KiB"
serves 1.0.0
