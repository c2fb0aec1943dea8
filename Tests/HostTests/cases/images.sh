# SPDX-License-Identifier: Apache-2.0
# One image however it was saved (buildah, skopeo, podman, umoci; docker-archive, oci-archive, OCI layout, gzip) is one image on the
# host; what images share travels once; the host pulls the layers that it lacks and no other; `remove` takes them away.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../buildah.sh"

# Incompressible, so that bytes carried are bytes of the image: 24 MB that three images share, 1 MB each of their own.
head -c 24000000 /dev/urandom >"$work/base/common"
base_image
for app in app two three; do
    image_on_base "$app" 1000000
    buildah push -q "localhost/$app" "oci-archive:$author/images/$app.oci.tar"
done
id=$(buildah inspect --type image --format '{{.FromImageID}}' localhost/app)
images=$author/images
buildah push -q localhost/app "docker-archive:$images/app.buildah.tar:localhost/app:1"
skopeo copy -q "oci-archive:$images/app.oci.tar" "docker-archive:$images/app.skopeo.tar:localhost/app:1"
skopeo copy -q "oci-archive:$images/app.oci.tar" "oci:$images/app.layout:1"
gzip -1 -k "$images/app.skopeo.tar"
cp -r "$images/app.layout" "$images/app.umoci"
umoci tag --image "$images/app.umoci:1" carried && umoci rm --image "$images/app.umoci:1" && umoci gc --layout "$images/app.umoci"

# release VERSION IMAGE…, by names that no repository could have: `app` at port 80, the others behind it; each of images/IMAGE.oci.tar, but for $input.
bundle key generate -o keys/pond.key --no-password >/dev/null
release() {
    local version=$1 port=80 image
    shift
    {
        printf 'spec: 1\nname: pond\narch: [amd64]\ncutover: { bake: 1s, drain: 1s }\nimages:\n'
        for image in "$@"; do echo "  _${image}_: { archive: images/${input:-$image.oci.tar} }"; done
        echo 'services:'
        for image in "$@"; do
            cat <<END
  $image:
    image: _${image}_
    args: [serve, "$image-$version", "{{ listen.http }}"]
    user: "5999:5998"
    ports: { http: { port: $port, expose: public } }
    health: [ { http: http, path: /, body: "$image-$version" } ]
    stop: { timeout: 1s }
END
            port=$((port + 1))
        done
    } >"$author/bundle.yaml"
    bundle pin >/dev/null
    bundle create "v$version" --key keys/pond.key --codec zstd:3 >"$work/create.log" 2>&1 || { cat "$work/create.log" && die "create v$version"; }
    mv "$author/pond-$version-amd64.bundle" "$stick/"
    size=$(stat -c %s "$stick/pond-$version-amd64.bundle")
}
held() { "$host" run "$h" -- podman image ls -q --no-trunc; }

inputs=(app.oci.tar app.buildah.tar app.skopeo.tar app.skopeo.tar.gz app.layout app.umoci app.podman.tar)
release 1.0.0 app
one=$size
release 1.1.0 app two three
# Base and differences alone, and 5 %.
[ "$size" -lt $(((one + 2000000) * 105 / 100)) ] || die "three images on one base take $size bytes, one takes $one"
[ "$(bundle inspect "$stick/pond-1.1.0-amd64.bundle" --json --pubkey keys/pond.pub | jq -r '.images | [.[] | .platform, (.layers[0].shared_with | length),
    (.shared_bytes == .layers[0].bytes), .layers[1].shared_with[0]] | map(tostring) | unique | join(" ")')" = '2 linux/amd64 null true' ] || die "inspect does not say what images share"
# One layer of one image changes: the base's packs are the same files, byte for byte.
image_on_base two 1000000
rm "$images/two.oci.tar" && buildah push -q localhost/two "oci-archive:$images/two.oci.tar"
release 1.2.0 app two three
packs() { tar tvf "$stick/pond-$1-amd64.bundle" | awk '$6 ~ /^packs\// { print $6, $3 }' | sort; }
added=$(comm -13 <(packs 1.1.0) <(packs 1.2.0) | awk '{ sum += $2 } END { print sum }')
[ "$added" -gt 1000000 ] && [ "$added" -lt 4000000 ] || die "one layer of 1 MB changed, and $added bytes of packs are new"
say "one layer of 1 MB changed: $((added / 1000)) kB of new packs"
say "one image of $((one / 1000)) kB, three on one base of $((size / 1000)) kB"

ready images bookworm-podman
for index in "${!inputs[@]}"; do
    [ "$index" = 0 ] || input=${inputs[$index]} release "1.0.$index" app
    install_release "1.0.$index"
    [ "$(answer http://192.0.2.1:80/)" = "app-1.0.$index" ] || die "${inputs[$index]}: $(answer http://192.0.2.1:80/)"
    [ "$(held)" = "sha256:$id" ] || die "${inputs[$index]}: the host holds $(held), not $id"
    # The last input is what the host's podman makes of the first.
    [ "$index" != 0 ] || "$host" run "$h" -- podman save -q --format docker-archive "$id" >"$images/app.podman.tar"
    status 0 on remove pond --data --yes
    [ -z "$(held)" ] || die "remove left $(held)"
done
say "${#inputs[@]} inputs, one image: ${id:0:12}"

# What lo carried is what the runtime pulled.
pulled() { "$host" run "$h" -- sh -c "grep lo: /proc/net/dev | tr -s ' ' | cut -d ' ' -f 3"; }
install_release 1.0.0
before=$(pulled)
install_release 1.1.0
after=$(pulled)
[ $((after - before)) -lt 8000000 ] || die "two new layers of 1 MB, and $((after - before)) bytes went over lo"
[ "$(held | sort -u | wc -l)" = 3 ] || die "it holds $(held)"
say "the second release brought two layers: $(((after - before) / 1000)) kB over lo"
status 0 on remove pond --data --yes
[ -z "$(held)" ] || die "remove left $(held)"
