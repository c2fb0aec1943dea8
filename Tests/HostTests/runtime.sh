# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What a case needs to know of the container runtime of its hosts, which is $runtime.
case ${runtime:=podman} in
podman) inside="podman exec" main=conmon ;;
docker) inside="docker exec" main=docker ;;
containerd) inside="runc --root /run/bundle/runc exec" main=runc ;;
esac
# group STEM: the control group in which the program of a container is.
group() {
    case $runtime in
    podman) echo "/sys/fs/cgroup/system.slice/$1.service" ;;
    docker) echo "/sys/fs/cgroup/system.slice/system-$(echo "$1" | tr - _).slice/docker-*.scope" ;;
    containerd) echo "/sys/fs/cgroup/system.slice/$1.service/container" ;;
    esac
}
# held: the IDs of the images that the host holds. names: their names.
held() {
    case $runtime in
    podman | docker) "$host" run "$h" -- "$runtime" image ls -q --no-trunc | sort -u ;;
    containerd)
        # By what it verifies of a name: the manifest, and in it the config.
        "$host" run "$h" -- sh -c 'ctr -n bundle images ls | tail -n +2 | while read -r _ _ digest _; do
            ctr -n bundle content get "$digest" | tr -d " \n" | grep -o "config\":{[^}]*" | grep -o "sha256:[0-9a-f]*"; done' | sort -u
        ;;
    esac
}
names() {
    case $runtime in
    podman | docker) "$host" run "$h" -- "$runtime" image ls --format '{{.Repository}}:{{.Tag}}' | sort ;;
    containerd) "$host" run "$h" -- ctr -n bundle images ls -q | sort ;;
    esac
}
# nothing_stays: no container, image, layer, lease, mount or control group of ours.
nothing_stays() {
    local left
    case $runtime in
    podman | docker) left=$("$host" run "$h" -- sh -c "$runtime ps -aq; $runtime image ls -aq") ;;
    containerd)
        left=$("$host" run "$h" -- sh -c 'for what in containers images snapshots leases content; do ctr -n bundle $what ls | tail -n +2; done
            ls -A /run/bundle/containers /run/bundle/runc 2>/dev/null | grep -v :; ctr namespaces ls -q | grep bundle || true')
        ;;
    esac
    [ -z "$left" ] || die "$runtime: it leaves $left"
    left=$("$host" run "$h" -- sh -c 'find /sys/fs/cgroup -name "*bay*" -o -name "*pond*" -o -name "docker-*"; grep /run/bundle/containers /proc/mounts' || true)
    [ -z "$left" ] || die "groups and mounts stay: $left"
}
