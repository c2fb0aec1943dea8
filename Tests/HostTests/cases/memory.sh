# SPDX-License-Identifier: Apache-2.0
# Peak memory does not grow with the bundle: with 2 GB of content, verify and install stay below 128 MB each.
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
watch_host
install_release 1.0.0
watched
say "install peaks at $((peak / 1024)) MB"
[ "$peak" -le $limit ] || die "install takes $peak KiB"
serves 1.0.0
