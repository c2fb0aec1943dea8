# SPDX-License-Identifier: Apache-2.0
# How long the images of a release take to come into podman, beside `podman load` of the same docker-archive, in one run: with
# Alone: it measures.
# nothing of it on the host, and with all but its last layer. Only where LOAD_SPEED says how many megabytes the base has; no
# figure is asserted (docs/decisions/0049 has some).
. "$(dirname "$0")/../lib.sh"
megabytes=${LOAD_SPEED:-0}
[ "$megabytes" -gt 0 ] || { say "left out: LOAD_SPEED is not set (LOAD_SPEED=184 Tests/HostTests/run load-speed)" && exit 0; }
. "$(dirname "$0")/../buildah.sh"
# Half of it can be compressed, as programs can.
for part in $(seq "$((megabytes / 2))"); do head -c 1000000 /dev/urandom && head -c 1000000 /dev/zero | tr '\0' "\\$((part % 8))"; done >"$work/base/common"
base_image
for app in one two; do
    image_on_base "$app" 4000000
    buildah push -q "localhost/$app" "docker-archive:$author/images/$app.tar:localhost/$app:1"
done
bundle key generate -o keys/pond.key --no-password >/dev/null
number=0
for app in one two; do
    cat >"$author/bundle.yaml" <<END
spec: 1
name: pond
arch: [amd64]
cutover: { bake: 1s, drain: 1s }
images: { app: { archive: images/$app.tar } }
services:
  app: { image: app, args: [serve, $app, "{{ listen.http }}"], ports: { http: { port: 80, expose: public } }, health: [ { http: http, path: / } ], stop: { timeout: 1s } }
END
    bundle pin >/dev/null
    bundle create "v1.$number.0" --key keys/pond.key --codec zstd:3 >/dev/null 2>&1
    mv "$author/pond-1.$number.0-amd64.bundle" "$stick/" && cp "$author/images/$app.tar" "$stick/"
    number=$((number + 1))
done

ready load-speed bookworm-podman
# installed VERSION: the milliseconds from when its step `load images` is said to begin to the next one.
installed() {
    "$host" run "$h" -- bundle install "/media/stick/pond-$1-amd64.bundle" --yes 2>&1 |
        while IFS= read -r line; do echo "${EPOCHREALTIME/./} $line"; done >"$work/said"
    awk '/ %\] / { if (begun) took = $1 - begun; begun = 0; if (/load images/) begun = $1 } END { printf "%d", took / 1000 }' "$work/said"
}
# loaded IMAGE: the milliseconds of podman load.
loaded() {
    "$host" run "$h" -- sh -c "s=\$(date +%s%3N); podman load -q -i /media/stick/$1.tar >/dev/null; echo \$((\$(date +%s%3N) - s))"
}
for round in 1 2; do
    ours="$(installed 1.0.0) ms, $(installed 1.1.0) ms"
    status 0 on remove pond --data --yes
    theirs="$(loaded one) ms, $(loaded two) ms"
    "$host" run "$h" -- podman rmi -fa >/dev/null 2>&1
    say "round $round, nothing held, then the base: bundle $ours; podman load $theirs"
done
