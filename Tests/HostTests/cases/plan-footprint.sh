# SPDX-License-Identifier: Apache-2.0
# A plan names every path, unit and port that the installation then touches, and no other: a snapshot of the whole file
# system and of systemd before and after, held against the plan. The same plan again restarts nothing.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
pack 1.1.0
ready footprint bookworm
inside() { "$host" run "$h" -- sh -c "$1"; }

# What exists, with everything that a change would show. Kernel file systems, caches of the system's own daemons and the
# journal change by themselves.
snapshot() {
    inside 'find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /var/log -o -path /run/systemd -o -path /run/log \
        -o -path /var/lib/systemd -o -path /tmp -o -path /media \) -prune -o ! -type d -printf "%p %T@ %s %m %U %G %l\n"; \
        find /run -xdev \( -path /run/systemd -o -path /run/log -o -path /run/credentials -o -path /run/user \) -prune -o ! -type d -printf "%p %T@ %s\n"' | sort -u
}
# Those that ever ran: a unit that is only named by another counts as nothing.
units() { inside 'for u in $(systemctl list-units --all --plain --no-legend --type=service,target,socket,timer | cut -d" " -f1); do
    echo "$u $(systemctl show -p InvocationID -p ActiveState --value "$u" | xargs)"; done' | awk 'NF > 2' | grep -vE '^(bundle-|systemd-(tmpfiles|timedated|hostnamed|sysusers)|user@|session-|run-)' | sort; }
ports() { inside 'ss -Hltn' | awk '{print $4}' | sort -u; }

check() { # PLAN-ARGUMENT
    status 0 on plan "$1"
    echo "$said" >"$work/plan"
    sed -n '/^  path /,/^  unit /p' "$work/plan" | grep -oE '/[^ ]+' | grep -v '^/$' | sort -u >"$work/named"
    snapshot >"$work/before" && units >"$work/units-before"
    status 0 on install "$1" --yes
    sleep 1
    snapshot >"$work/after" && units >"$work/units-after"
    diff "$work/before" "$work/after" | grep '^[<>]' | awk '{print $2}' | sort -u >"$work/changed" || true
    while read -r path; do
        named=no
        while read -r place; do case $path in "$place" | "$place"/*) named=yes ;; esac; done <"$work/named"
        [ "$named" = yes ] || { cat "$work/plan" && die "$path was touched, and the plan does not name it"; }
    done <"$work/changed"
    [ -s "$work/changed" ] || die "nothing was touched: this snapshot would not see it"
    diff "$work/units-before" "$work/units-after" | grep '^[<>]' | awk '{print $2}' | sort -u >"$work/units-changed" || true
    while read -r unit; do
        case $unit in *.target) continue ;; esac
        grep -q "$unit \(starts\|stops\|is restarted\)" "$work/plan" || { cat "$work/plan" && die "$unit changed, and the plan does not name it"; }
    done <"$work/units-changed"
    grep -oE '[^ ]+ (starts|is restarted)$' "$work/plan" | awk '{print $1}' | while read -r unit; do
        grep -q "^$unit\$" "$work/units-changed" || die "the plan names $unit, which was not touched"
    done
    say "$1: $(wc -l <"$work/changed") files and $(wc -l <"$work/units-changed") units changed, all of them named by the plan"
}
check /media/stick/pond-1.0.0-amd64.bundle
status 0 on stage /media/stick/pond-1.1.0-amd64.bundle
check pond@1.1.0
grep -q "go back   bundle rollback pond@1.0.0" "$work/plan" && grep -q "cannot restore" "$work/plan" || die "the plan does not end with its way back"

units >"$work/once"
status 0 on install pond@1.1.0 --yes
has "nothing was changed"
status 0 on install /media/stick/pond-1.1.0-amd64.bundle --yes
units >"$work/twice"
diff "$work/once" "$work/twice" || die "the same plan again restarted something"
say "the same plan again restarts nothing"
