# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The judge: from outside, what a host is after a fault. Nothing here asks the tool but for the exit status of `status`.

# fact KEY…: the rest of each line of the last look that begins so.
fact() { sed -n "s/^$* //p" "$work/look-$h"; }
bad() { wrong="$wrong; $*"; }
look() { "$host" run "$h" -- /root/look pond >"$work/look-$h" 2>&1 || true; }

# settles: waits until no operation is open any more; that is recovery's own work, behind the run or at the boot.
settles() {
    # shellcheck disable=SC2016
    "$host" run "$h" -- sh -c '
        for _ in $(seq "$1"); do
            if [ ! -e /var/lib/bundle/pond/journal ] && ! systemctl list-jobs --plain --no-legend | grep -q "pond\|bundle" &&
                ! systemctl list-units --plain --no-legend "bundle-*" | grep -qv "bundle-boot\|bundle-watch"; then exit 0; fi
            sleep 0.2
        done
        exit 1' - "${1:-100}"
}

# one answer of each public port, each address, for whoever is outside; `-` where nobody answers.
four() {
    "$host" client "$h" -- sh -c '
        for url in http://192.0.2.1:80/ "http://[2001:db8::1]:80/" http://192.0.2.1:8081/ "http://[2001:db8::1]:8081/"; do
            curl -gfsS --connect-timeout 3 --max-time 5 "$url" 2>/dev/null || printf -- -
            printf " "
        done'
}

# judge: sets $is to the version that serves, whole, or `none` where nothing is; otherwise $wrong says what does not agree.
judge() {
    local answers slot other active directory v number
    wrong=
    for _ in $(seq 25); do
        answers=$(four)
        if [ "$answers" = "- - - - " ] && ! "$host" run "$h" -- test -e /var/lib/bundle/pond/state; then break; fi
        case " $answers" in *" - "*) sleep 0.2 ;; *) break ;; esac
    done
    look
    [ -z "$(fact open)" ] || bad "open: $(fact open | xargs)"
    [ -z "$(fact left)" ] || bad "left: $(fact left | xargs)"
    [ -z "$(fact failed)" ] || bad "failed: $(fact failed | xargs)"
    case $answers in
    "- - - - ")
        is=none
        # Until the boot unit is linked, which is the first step, nothing recovers but the next verb; nothing is there to recover.
        [ "$(fact boot)" = enabled ] || wrong=${wrong/; open: journal operation/}
        [ -z "$(fact state)$(fact home)$(fact current)$(fact unit)$(fact runs)$(fact table)" ] || bad "nobody answers, but: $(grep -v '^state' "$work/look-$h" | xargs)"
        return 0
        ;;
    "web-$(v=${answers#web-}; echo "${v%% *}") "*) is=${answers#web-} && is=${is%% *} ;;
    *) is=nothing && bad "answers: $answers" && return 0 ;;
    esac
    [ "$answers" = "web-$is web-$is store-$is store-$is " ] || bad "answers: $answers"
    [ "$(fact sum)" = good ] || bad "the record's sum"
    fact state >"$work/state-$h"
    slot=$(jq -r .active.slot "$work/state-$h") directory=$(jq -r .active.directory "$work/state-$h")
    [ "$slot" = blue ] && other=green number=1 || { other=blue number=2; }
    active=$(jq -r '.active | "\(.version) \(.phase)"' "$work/state-$h")
    [ "$active" = "$is good" ] || bad "the record says $active"
    [ "$(jq -r '.previous // .ready // "-"' "$work/state-$h")" = - ] || bad "something waits"
    [ "$(fact current)" = "/opt/pond/releases/$directory" ] || bad "current: $(fact current)"
    [ "$(fact tree "$directory")" = good ] || bad "the tree of $directory"
    [ "$(fact tree | grep -v ' good$' || true)" = "" ] || bad "trees: $(fact tree | xargs)"
    [ "$(fact tree | cut -d ' ' -f 1 | sort)" = "$({ jq -r '.releases[].directory' "$work/state-$h"; fact staged; } | sort -u)" ] || bad "trees and record differ"
    case $(fact slot "$slot") in "/opt/pond/releases/$directory # pond $is in $slot"*) ;; *) bad "slot: $(fact slot "$slot")" ;; esac
    config_word=$(fact slot "$slot" | sed 's/.* in [a-z]* *//')
    [ "$(fact unit "pond.web.$slot.service")" = "active no web-$is" ] || bad "unit: $(fact unit "pond.web.$slot.service")"
    [ "$(fact unit pond.store.service)" = "active no store-$is" ] || bad "store: $(fact unit pond.store.service)"
    [ "$(fact runs | sort | xargs)" = "pond.store.service pond.web.$slot.service" ] || bad "runs: $(fact runs | xargs)"
    [ "$(fact rule | sort | xargs)" = "ipv4 80 169.254.77.$number:20080 ipv4 8081 169.254.77.3:8081 ipv6 80 [fd77::$number]:20080 ipv6 8081 [fd77::3]:8081" ] ||
        bad "rules: $(fact rule | xargs)"
    jq -e --arg a "169.254.77.$number" '[.traffic[] | select(.number == 80) | .ipv4.address] == [$a]' "$work/state-$h" >/dev/null || bad "the record's table"
    [ "$(fact boot)" = enabled ] || bad "boot unit: $(fact boot)"
    [ "$(fact status)" = 0 ] || bad "status ends with $(fact status)"
    # The other slot: absent, or one release's, whole, and silent.
    v=$(fact slot "$other" | sed -n "s/.* # pond \([^ ]*\) in $other.*/\1/p")
    if [ -n "$(fact slot "$other")" ]; then
        case $(fact slot "$other") in /opt/pond/releases/"$v"-*) ;; *) bad "other slot: $(fact slot "$other")" ;; esac
        jq -e --arg d "$(fact slot "$other" | sed 's/ #.*//; s/.*\///')" 'any(.releases[]; .directory == $d)' "$work/state-$h" >/dev/null || bad "the other slot's release is not on record"
        case $(fact unit "pond.web.$other.service") in "inactive no web-$v") ;; *) bad "other unit: $(fact unit "pond.web.$other.service")" ;; esac
    else
        [ -z "$(fact unit "pond.web.$other.service")" ] || bad "the other slot's unit has no slot"
    fi
}

# told VERB LABEL NAME: the row of a fault, of what the kind has in $outcome and $wrongs and the judge in $wrong, and of what is
# there after one more installation, which nobody has prepared anything for.
told() {
    [ -z "$wrong" ] || outcome=mixed
    wrongs="$wrongs$wrong"
    if "$host" run "$h" -- timeout 100 bundle install /media/stick/pond-1.2.0-amd64.bundle --yes >"$work/next" 2>&1; then
        judge
        [ "$is" = 1.2.0 ] && [ -z "$wrong" ] || outcome=person wrongs="$wrongs; after next: $is $wrong"
    else
        outcome=person wrongs="$wrongs; next: $(tail -n 5 "$work/next")"
    fi
    row "$1" "$2" "$outcome"
    [ -z "$wrongs" ] || {
        echo "    $wrongs"
        keep_evidence "$3"
    }
    drop
}
