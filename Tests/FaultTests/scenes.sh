# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# The verbs that faults are tried on, each from a base of its own, and the moments at which they are held.

# verb NAME: its base, what it is, what serves before and after, and which process is struck.
scene() {
    base=one old=1.0.0 new=1.1.0 unit='bundle-install-*' word=install argv=(install /media/stick/pond-1.1.0-amd64.bundle --yes)
    case $1 in
    install) base=bare old=none ;;
    upgrade) ;;
    rollback) base=two old=1.1.0 new=1.0.0 unit='bundle-rollback-*' word=rollback argv=(rollback --yes) ;;
    reconfigure) base=values new=1.0.0 unit='bundle-reconfigure-*' word=reconfigure argv=(reconfigure --yes) ;;
    remove) base=two old=1.1.0 new=none unit='bundle-remove-*' word=remove argv=(remove pond --yes) ;;
    prune) base=two old=1.1.0 new=1.1.0 unit='bundle-prune-*' word=prune argv=(prune --keep 1) ;;
    stage) new=1.0.0 unit='bundle-stage-*' word=stage argv=(stage /media/stick/pond-1.1.0-amd64.bundle) ;;
    # What is struck is the recovery of a boot, behind a cut that recovery must undo, or finish.
    recover-start) base=in-start unit=bundle-boot.service word=recover argv=() ;;
    recover-replace) base=in-replace unit=bundle-boot.service word=recover argv=() ;;
    recover-bake) base=in-bake unit=bundle-finish.service word=recover argv=() ;;
    recover-remove) base=in-remove unit=bundle-boot.service word=recover old=1.1.0 new=none argv=() ;;
    *) die "no verb $1" ;;
    esac
    glob="/sys/fs/cgroup/unified/bundle-hosts/%/payload/system.slice/$unit"
}

# ready_for BASE NAME: the host of a scene, in $h. What is struck at a boot does not run yet.
ready_for() {
    if [ ${#argv[@]} -gt 0 ]; then
        boot_from "$1" "$2"
    else
        h=$2-$$
        cp --reflink=always "$bank/$1" "$bank/$h.img"
        hosts_up+=("$h")
    fi
}

# perform: the verb of the scene, in the host.
perform() {
    if [ ${#argv[@]} = 0 ]; then
        "$host" up "$h" --image "$bank/$h.img" --bind-ro "$stick:/media/stick"
    else
        on "${argv[@]}"
    fi
}

# strike_while TARGET COMMAND…: performs with the striker waiting; what it struck at is in $work/struck, the performer's process
# in $performer.
strike_while() {
    local striker code=0
    "$work/strike" "${glob/\%/$h}" "$word" "$@" >"$work/struck" 2>"$work/strike-errors" &
    striker=$!
    sleep 0.03
    perform >"$work/performed" 2>&1 &
    performer=$!
    wait $striker || code=$?
    return $code
}

# moments VERB: lists them into $bank/moments-VERB.
moments() {
    [ -e "$bank/moments-$1" ] && return 0
    scene "$1"
    cut_base
    ready_for $base list
    strike_while list kill || die "$1 was not seen from its beginning ($?): $(cat "$work/performed" "$work/strike-errors")"
    wait $performer || true
    settles || die "$1 does not settle"
    cp "$work/struck" "$bank/moments-$1"
    drop
}

# cut_base: the disk of a run that was cut behind the line that gives the base its name, where there is none yet.
cut_base() {
    local verb label number wanted_base=$base wanted_word=$word wanted_unit=$unit wanted_glob=$glob
    [ ! -e "$bank/$base" ] || return 0
    case $base in
    in-remove) verb=remove label='before outcome done' ;;
    *) verb=upgrade label="synced intent ${base#in-}" ;;
    esac
    moments $verb
    scene $verb
    number=$(sed -n "s/^\([0-9]*\)\t[0-9]* $label\$/\1/p" "$bank/moments-$verb")
    boot_from $base base
    strike_while "$number" "$host" cut "$h" || die "no base $wanted_base: $(cat "$work/performed")"
    cp --reflink=always "$bank/$h.img" "$bank/$wanted_base"
    drop
    base=$wanted_base word=$wanted_word unit=$wanted_unit glob=$wanted_glob argv=()
}
