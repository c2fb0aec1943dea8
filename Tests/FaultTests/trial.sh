# SPDX-License-Identifier: Apache-2.0
# For kinds that strike the rig (FaultRig): a host that is a directory, on an ext4 of its own in memory. Its path is the same
# for every worker, since units and links say it, so each worker has its own mounts. A kind gives two functions, `faults VERB`
# and `strike VERB FAULT`, and calls `try_verbs`.
rig=$work/FaultRig
trial=$work/trial
workers=${JOBS:-$(nproc)}
# Calls that change files; one that is new to the rig's record of a disk is an error there.
calls=openat,write,pwrite64,fsync,fdatasync,syncfs,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat
calls+=,rmdir,mkdir,mkdirat,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,truncate,ftruncate,fallocate

options=(-f -qq -y -xx)

# reset: the host stands again where the verb begins.
reset() {
    rm -rf "$trial/host"
    cp -a "$trial/start/host" "$trial/host"
    cp "$trial/start/world" "$trial/world"
}

# record VERB: what it does from there, with its data, into $trial/log.
record() {
    reset
    strace "${options[@]}" -s 99999999 -o "$trial/log" -e trace=$calls "$rig" act "$1" "$trial"
}

# try_verbs KIND VERB…: until BUDGET is spent, each verb its share.
try_verbs() {
    local kind=$1 status=0 number job
    shift
    if [ -n "${worker:-}" ]; then
        work_off "$kind" "$@"
        return
    fi
    mkdir -p "$trial"
    # One that is built anew meanwhile changes nothing.
    cp --remove-destination .build/debug/FaultRig "$rig"
    rm -f "$work/new.$kind.tsv"
    export until=$((EPOCHSECONDS + ${BUDGET:-86400}))
    for number in $(seq 0 $((workers - 1))); do
        worker=$number unshare -m --propagation private "$here/with-disk" "$trial" "$0" &
    done
    for job in $(jobs -p); do wait "$job" || status=1; done
    fold "$kind" || status=1
    return $status
}

work_off() {
    local kind=$1 verb fault left number end
    shift
    left=$#
    for verb in "$@"; do
        end=$((EPOCHSECONDS + (until - EPOCHSECONDS) / left))
        left=$((left - 1))
        rm -rf "${trial:?}"/*
        "$rig" prepare "$verb" "$trial" || return 1
        faults "$verb" >"$trial/faults" || return 1
        number=0
        while IFS=$'\t' read -r verb fault <&3; do
            [ "$EPOCHSECONDS" -lt "$end" ] || break
            [ $((number++ % workers)) -ne "$worker" ] || strike "$verb" "$fault"
        done 3< <(wanted "$kind" <"$trial/faults")
    done
}
