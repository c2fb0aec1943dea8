# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# spoil.sh full|inodes|read-only HOST-TOOL HOST IMAGE, or second-installer|silent-systemd HOST-TOOL HOST DIRECTORY: what
# happens to a host while a run is held.
way=$1 host=$2 h=$3 image=$4
case $way in
full)
    "$host" run "$h" -- sh -c '
        fallocate -l "$(($(stat -f -c "%a * %S" /) - 65536))" /root/fill
        for size in 64k 1k; do dd if=/dev/zero of=/root/fill-$size bs=$size; done
        true' 2>/dev/null
    ;;
inodes) "$host" run "$h" -- sh -c 'mkdir -p /root/fill && cd /root/fill && seq "$(stat -f -c %d /)" | xargs touch 2>/dev/null; true' ;;
read-only)
    device=$(losetup -n -O NAME -j "$image")
    echo 1 >"/sys/fs/ext4/${device##*/}/trigger_fs_error"
    ;;
second-installer)
    "$host" run "$h" -- sh -c 'bundle install /media/stick/pond-1.2.0-amd64.bundle --yes; echo $?' >"$image/second" 2>&1 </dev/null
    ;;
silent-systemd)
    # Its processes are held, not its children.
    leader=$(<"/run/bundle-hosts/$h/leader")
    kill -STOP "$leader"
    (sleep 5 && kill -CONT "$leader") >/dev/null 2>&1 </dev/null &
    ;;
esac
