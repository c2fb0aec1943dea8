# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Images for a case, made without an engine: in a store of their own, because the machine's may have another driver, and gone with $work.
store=$work/store
mkdir -p "$author"/{images,keys} "$work/base" "$store"
buildah() { command buildah --storage-driver vfs --root "$store/root" --runroot "$store/run" "$@"; }
export BUILDAH_ISOLATION=chroot

# base_image: localhost/base, of what is in $work/base and the rig's program `serve`.
base_image() {
    local container
    cp "$load" "$work/base/serve"
    container=$(buildah from scratch)
    buildah copy -q "$container" "$work/base" / >/dev/null
    buildah commit -q --timestamp 0 "$container" localhost/base >/dev/null
}

# image_on_base NAME BYTES: localhost/NAME, which runs `serve`; on the base, with so much of its own that cannot be compressed.
image_on_base() {
    local container
    head -c "$2" /dev/urandom >"$work/$1"
    container=$(buildah from localhost/base)
    buildah copy -q "$container" "$work/$1" / >/dev/null
    buildah config --entrypoint '["/serve"]' "$container"
    buildah commit -q --timestamp 0 "$container" "localhost/$1" >/dev/null
}
