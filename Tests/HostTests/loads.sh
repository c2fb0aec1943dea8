# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# How images come into a runtime and go: only what it lacks, one copy for all products, nothing left of a load that was
# killed, none that is needed taken away. Sourced by one case for each runtime, which sets $runtime.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../runtime.sh"
. "$(dirname "$0")/../buildah.sh"
head -c 24000000 /dev/urandom >"$work/base/common"
base_image
# image NAME BYTES FORMAT: on the base, with so much of its own; its ID is in id_NAME.
image() {
    image_on_base "$1" "$2"
    buildah push -q "localhost/$1" "$3:$author/images/$1.tar"
    declare -g "id_$1=$(buildah inspect --type image --format '{{.FromImageID}}' "localhost/$1")"
}
image app 1000000 oci-archive
image two 1000000 oci-archive
image big 150000000 docker-archive
bundle key generate -o keys/pond.key --no-password >/dev/null
# release PRODUCT VERSION PORT IMAGE…: a service for each, from PORT on.
release() {
    local product=$1 version=$2 port=$3 image
    shift 3
    {
        printf 'spec: 1\nname: %s\narch: [amd64]\ncutover: { bake: 1s, drain: 1s }\nimages:\n' "$product"
        for image in "$@"; do echo "  $image: { archive: images/$image.tar, digest: $(digest "$image") }"; done
        echo 'services:'
        for image in "$@"; do
            cat <<END
  $image:
    image: $image
    args: [serve, "$product-$version", "{{ listen.http }}"]
    ports: { http: { port: $port, expose: public } }
    health: [ { http: http, path: /, body: "$product-$version" } ]
    stop: { timeout: 1s }
END
            port=$((port + 1))
        done
    } >"$author/bundle.yaml"
    bundle create "v$version" --key keys/pond.key --codec zstd:1 >"$work/create.log" 2>&1 || { cat "$work/create.log" && die "create v$version"; }
    mv "$author/$product-$version-amd64.bundle" "$stick/"
}
# What `bundle pin` would write: of an archive with a manifest that one's digest, else the config's.
digest() {
    local name=id_$1
    case $1 in
    app | two) tar xOf "$author/images/$1.tar" index.json | jq -r '.manifests[0].digest' ;;
    *) echo "sha256:${!name}" ;;
    esac
}
short() { echo "localhost/bundle:$1-$(eval "echo \${id_$2}" | cut -c 1-12)"; }
release pond 1.0.0 80 app
release pond 1.1.0 80 app two
release pond 1.2.0 80 two
release pond 1.3.0 80 two big
release lake 1.0.0 90 app

ready "$runtime" "bookworm-$runtime"
pulled() { "$host" run "$h" -- sh -c "grep lo: /proc/net/dev | tr -s ' ' | cut -d ' ' -f 3"; }
holds() { [ "$(names | xargs)" = "$(printf '%s\n' "$@" | sort | xargs)" ] || die "it holds $(names | xargs), not $*"; }
serves() { [ "$(answer "http://192.0.2.1:$1/")" = "$2" ] || die "port $1: $(answer "http://192.0.2.1:$1/"), not $2"; }

install_release 1.0.0
holds "$(short pond app)"
[ "$runtime" = podman ] || [ "$(held)" = "sha256:$id_app" ] || die "it holds $(held), not $id_app"
before=$(pulled)
install_release 1.1.0
brought=$(($(pulled) - before))
[ "$brought" -lt 4000000 ] || die "one new layer of 1 MB, and $brought bytes went over lo"
holds "$(short pond app)" "$(short pond two)"
say "one new layer of 1 MB: $((brought / 1000)) kB over lo"

# Another product has the image, too, and goes again; the first keeps what it runs from.
PRODUCT=lake install_release 1.0.0
serves 90 lake-1.0.0
holds "$(short pond app)" "$(short pond two)" "$(short lake app)"
status 0 on remove lake --data --yes
holds "$(short pond app)" "$(short pond two)"
PRODUCT=lake install_release 1.0.0
install_release 1.2.0
status 0 on rollback pond --yes
serves 80 pond-1.1.0
install_release 1.2.0
status 0 on prune pond --keep 1
holds "$(short pond two)" "$(short lake app)"
serves 90 lake-1.0.0
serves 80 pond-1.2.0
status 0 on remove lake --data --yes
holds "$(short pond two)"
say "an image stays while a product has a release for it, and goes with the last"

# killed WHAT COMMAND…: once 20 MB of the big image have come, the command runs.
killed() {
    local begun what=$1
    shift
    begun=$(pulled)
    "$host" run "$h" -- bundle install /media/stick/pond-1.3.0-amd64.bundle --yes >"$work/killed" 2>&1 &
    local running=$!
    for _ in $(seq 400); do [ $(($(pulled) - begun)) -gt 20000000 ] && break || sleep 0.02; done
    "$host" run "$h" -- "$@"
    wait $running && die "$what was killed, and the installation went well"
    # Recovery is the run's own last act.
    for _ in $(seq 100); do "$host" run "$h" -- test -e /var/lib/bundle/pond/journal && sleep 0.1 || break; done
}
killed "the installer" sh -c 'systemctl kill --kill-whom=main -s KILL "bundle-install-*.service"'
status 0 on recover
holds "$(short pond two)"
[ "$runtime" != containerd ] || [ -z "$("$host" run "$h" -- ctr -n bundle leases ls -q)" ] || die "a lease stays"
serves 80 pond-1.2.0
if [ "$runtime" != podman ]; then
    killed "the daemon" systemctl kill -s KILL "$runtime.service"
    grep -q "$runtime could not load it" "$work/killed" || die "it says $(cat "$work/killed")"
    "$host" run "$h" -- systemctl start "$runtime"
    for _ in $(seq 100); do [ "$(answer http://192.0.2.1:80/)" = pond-1.2.0 ] && break || sleep 0.2; done
    serves 80 pond-1.2.0
fi
install_release 1.3.0
serves 81 pond-1.3.0
holds "$(short pond two)" "$(short pond big)"
[ "$runtime" = containerd ] || [ -z "$("$host" run "$h" -- "$runtime" image ls -q --filter dangling=true)" ] || die "an image without a name"
say "a load that was killed leaves nothing, and the next one finishes"

# What cannot work is said before anything changes.
other=docker
[ "$runtime" != docker ] || other=podman
"$host" run "$h" -- sh -c "mkdir -p /etc/pond && echo 'runtime: $other' >/etc/pond/host.yaml"
status 1 on reconfigure pond --yes
has "$other missing, and the release carries images"
"$host" run "$h" -- rm /etc/pond/host.yaml
serves 80 pond-1.3.0
status 0 on remove pond --data --yes
if [ "$runtime" != podman ]; then
    "$host" run "$h" -- sh -c "systemctl stop $runtime.service docker.socket 2>/dev/null; mount -t tmpfs -o size=30M tmpfs /var/lib/$runtime; systemctl start $runtime.service"
    status 1 on install /media/stick/pond-1.3.0-amd64.bundle --yes
    has "/var/lib/$runtime" needed
    # Another one on the host would be taken: docker brings containerd.
    "$host" run "$h" -- sh -c "systemctl stop $runtime.service docker.socket 2>/dev/null; umount /var/lib/$runtime
        echo 'runtime: $runtime' >/etc/pond/host.yaml"
    status 1 on install /media/stick/pond-1.3.0-amd64.bundle --yes
    has "$runtime does not answer"
    "$host" run "$h" -- systemctl start "$runtime.service"
fi
nothing_stays
say "a runtime that is missing, silent or full is said in preflight; remove leaves nothing"
