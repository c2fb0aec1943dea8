# SPDX-License-Identifier: Apache-2.0
# Peak memory does not grow with an image: create and install stay below 128 MB each, and no file of the image is made on the way.
# MEGABYTES=4096 is what docs/releases.md tells of.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../peak.sh"
megabytes=${MEGABYTES:-500}
limit=$((128 * 1024))
. "$(dirname "$0")/../buildah.sh"
mkdir "$work/root"

cp "$load" "$work/root/serve"
# Cannot be compressed, and no block of it comes twice; in two layers, which a runtime asks for at once.
for part in 1 2; do
    openssl enc -aes-128-ctr -pass "pass:$part" -nosalt -pbkdf2 </dev/zero 2>/dev/null |
        head -c "$((megabytes / 2))M" >"$work/part$part" || true
done
container=$(buildah from scratch)
buildah copy -q "$container" "$work/root" "$work/part1" / >/dev/null
buildah commit -q --timestamp 0 "$container" localhost/base >/dev/null
container=$(buildah from localhost/base)
buildah copy -q "$container" "$work/part2" / >/dev/null
buildah config --entrypoint '["/serve"]' "$container"
buildah commit -q --timestamp 0 "$container" localhost/big >/dev/null
buildah push -q localhost/big "docker-archive:$author/images/big.tar:localhost/big:1"
rm -rf "$store" "$work"/part?

cat >"$author/bundle.yaml" <<'END'
spec: 1
name: pond
arch: [amd64]
cutover: { bake: 1s, drain: 1s }
images: { big: { archive: images/big.tar } }
services:
  big:
    image: big
    args: [serve, big, "{{ listen.http }}"]
    ports: { http: { port: 80, expose: public } }
    health: [ { http: http, path: /, body: big } ]
    stop: { timeout: 1s }
END
bundle key generate -o keys/pond.key --no-password >/dev/null
bundle pin >/dev/null
(cd "$author" && peak "$tool" create v1.0.0 --key keys/pond.key --codec zstd:3 --jobs 2)
created=$(<"$work/peak")
say "create with an image of $(stat -c %s "$author/images/big.tar") bytes peaks at $((created / 1024)) MB"
[ "$created" -le $limit ] || die "create takes $created KiB"
rm "$author/images/big.tar"
mv "$author/pond-1.0.0-amd64.bundle" "$stick/"

ready image-memory bookworm-podman
watch_host
install_release 1.0.0
watched
say "install peaks at $((peak / 1024)) MB"
[ "$peak" -le $limit ] || die "install takes $peak KiB"
[ "$(answer http://192.0.2.1:80/)" = big ] || die "$(answer http://192.0.2.1:80/)"
