# SPDX-License-Identifier: Apache-2.0
# "Do we run that library?": a bundle answers, and a host for every release that it holds, of the bytes that were signed and of no
# others: what serves, what is kept and still runs a service, what is staged; and what is not known is said.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../buildah.sh"

# An image as Debian leaves it, with the version of libfrog that VERSION is; the next ones are a layer on the first.
image() {
    local version=$1 from=$2 root=$work/root-$1 container
    mkdir -p "$root"/{var/lib/dpkg,etc}
    cp "$load" "$root/serve"
    printf 'ID=debian\nVERSION_ID="12"\n' >"$root/etc/os-release"
    printf 'Package: libfrog2\nStatus: install ok installed\nSource: frog\nVersion: %s-1\nArchitecture: amd64\n' "$version" >"$root/var/lib/dpkg/status"
    container=$(buildah from "$from")
    buildah copy -q "$container" "$root" / >/dev/null
    buildah commit -q --timestamp 0 "$container" localhost/pool >/dev/null
    buildah push -q localhost/pool "oci-archive:$author/images/pool.tar"
}
# /usr/bin/skopeo is a program of Go that is here already.
amend() {
    cp /usr/bin/skopeo "$author/bin/tool"
    sed -i -e 's|as: serve }|&, { from: bin/tool }|' -e 's|^services:|images: { _pool_: { archive: images/pool.tar } }\n&|' "$author/bundle.yaml"
    bundle pin >/dev/null
}
release() {
    rm -f "$author/images/pool.tar"
    image "$2" "$3"
    pack "$1"
}
release 1.0.0 1.0 scratch
STORE=1.0.0 release 1.1.0 1.2 localhost/pool
rm "$work/root-1.2/serve"
STORE=1.0.0 release 1.2.0 1.10 localhost/pool

# Another process makes the same bytes, bills included.
(cd "$author" && "$tool" create v1.2.0 --key keys/pond.key --codec zstd:3 -o again.bundle >/dev/null 2>&1)
cmp "$author/again.bundle" "$stick/pond-1.2.0-amd64.bundle"

# Where it was made.
carried() { bundle sbom "$stick/pond-1.1.0-amd64.bundle" --pubkey keys/pond.pub "$@"; }
status 0 carried --search frog
has libfrog2 1.2-1 "image _pool_: var/lib/dpkg/status" "found: 1"
status 0 carried --search 'libfrog<1.2'
has "found: 0"
[ "$(carried --search stdlib --json | jq -r '.releases[0].components[0].places[0]')" = bin/tool ] || die "the Go program is not in the bill"
carried --image _pool_ --format cyclonedx >"$work/pool.json"
[ "$(jq -r '.specVersion, (.components[] | select(.name == "libfrog2") | .purl)' "$work/pool.json" | paste -sd ' ')" = \
    '1.5 pkg:deb/debian/libfrog2@1.2-1?arch=amd64&distro=debian-12&upstream=frog' ] || die "the document says something else: $(cat "$work/pool.json")"
tar xOf "$stick/pond-1.1.0-amd64.bundle" sbom/images/_pool_.cdx.json | cmp - "$work/pool.json"
status 10 carried --image other

ready bills bookworm-podman
status 10 on sbom --host
install_release 1.0.0
status 0 on sbom --host --search FROG
has "pond 1.0.0 (active in" "1.0-1" "found: 1"
install_release 1.1.0
status 0 on stage /media/stick/pond-1.2.0-amd64.bundle
"$host" run "$h" -- umount /media/stick 2>/dev/null || true
on sbom --host --search libfrog2 --json >"$work/hits.json"
[ "$(jq -r '[.releases[] | .version, .standing, (.services | join(",")), .components[0].version] | join(" ")' "$work/hits.json")" = \
    "1.1.0 active  1.2-1 1.0.0 kept store 1.0-1 1.2.0 staged  1.10-1" ] || die "hits: $(cat "$work/hits.json")"
status 0 on sbom --host --search 'libfrog2<1.2'
has "pond 1.0.0 (kept, runs store)" "found: 1"
status 0 on sbom --host --search 'libfrog2 > 1.2'
has "pond 1.2.0 (staged)" "found: 1"
on sbom --host --search serve --json | jq -e '.found == 3 and .releases[0].components[0].sha256' >/dev/null || die "the program itself is not found"

# Somebody wishes that it were not there.
kept=$("$host" run "$h" -- sh -c 'ls -d /var/lib/bundle/pond/evidence/1.1.0-*')
bill=$kept/sbom/images/_pool_.cdx.json
"$host" run "$h" -- sh -c "cp $bill /root/bill; sed -i 's/libfrog2/libtoad2/' $bill"
status 65 on sbom --host --search frog
has "$bill" "pond 1.0.0 (kept" "found: 2"
"$host" run "$h" -- cp /root/bill "$bill"
status 0 on sbom --host --search frog
has "found: 3"
# As an earlier bundle left it: that nothing is known is no "no".
"$host" run "$h" -- rm -r "$kept/sbom"
status 0 on sbom --host --search frog
has "found: 2" "pond 1.1.0 has no software bill"

# What is off the disk is not here, though its evidence is.
status 0 on prune --staged
status 0 on sbom --host --search frog
has "found: 1" "pond 1.0.0 (kept, runs store)"
status 0 on remove pond --yes
status 10 on sbom --host
say "a bundle and a host answered, and said what they do not know"
