# SPDX-License-Identifier: Apache-2.0
# The terminal is killed in every phase of an installation: it ends as it would have, and another terminal attaches and
# ends with its status. Ctrl-C undoes before the cutover and changes nothing behind it.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
BAKE=3s pack 1.1.0
HEALTH=never HEALTH_TIMEOUT=60s pack 1.2.0
ready lost bookworm
install_release 1.0.0
inside() { "$host" run "$h" -- sh -c "$1"; }

# terminal STRIKE: installs 1.1.0 on a terminal of its own (pty, session leader), as sshd gives one; hangs it up, or
# types Ctrl-C, when the phase is under way.
cat >"$work/terminal.py" <<'PY'
import os, pty, re, sys, time, signal
how, phase = sys.argv[1], sys.argv[2]
child, fd = pty.fork()
if child == 0:
    # nsenter stands between: the signal is for the program inside, which has its own way with it. What hangs up must not be
    # ignored because whoever began these tests did (nohup).
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.execvp(sys.argv[3], sys.argv[3:])
said, struck, status = b"", False, None
end = time.time() + 120
while time.time() < end:
    try:
        part = os.read(fd, 65536)
    except OSError:
        part = b""
    if not part:
        break
    said += part
    if b"go ahead? [y/N]" in said and b"\x00asked" not in said and "go ahead" not in phase:
        said += b"\x00asked"
        os.write(fd, b"y\n")
    if not struck and phase.encode() in said:
        struck = True
        if how == "hangup":
            os.close(fd)          # the kernel sends SIGHUP to the session, as when sshd goes
            break
        if how in ("interrupt", "twice"):
            os.write(fd, b"\x03")
            if how == "twice":
                time.sleep(0.7)
                os.write(fd, b"\x03")
_, raw = os.waitpid(child, 0)
sys.stdout.write(said.decode(errors="replace"))
print("\nSTRUCK" if struck else "\nNEVER")
print("STATUS", os.waitstatus_to_exitcode(raw))
PY
leader() { cat "/run/bundle-hosts/$h/leader"; }
on_terminal() {
    local how=$1 phase=$2
    shift 2
    python3 "$work/terminal.py" "$how" "$phase" nsenter -t "$(leader)" -a -- env -i \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=xterm bundle "$@" >"$work/terminal" 2>&1
    grep -q STRUCK "$work/terminal" || { cat "$work/terminal" && die "'$phase' was never seen"; }
    # A percentage never goes back.
    tr '\r' '\n' <"$work/terminal" | grep -aoE '\[ *[0-9]+ %\]' | tr -dc '0-9\n' >"$work/percent" || true
    sort -nc "$work/percent" || { cat "$work/terminal" && die "the percentage went back"; }
}
settled() {
    for _ in $(seq 300); do
        [ -z "$(inside 'systemctl list-units --plain --no-legend "bundle-*-[0-9]*"')" ] && return
        sleep 0.2
    done
    die "the run did not end"
}

on_terminal hangup "go ahead" install /media/stick/pond-1.1.0-amd64.bundle
settled
serves 1.0.0
inside 'tail -n 1 /var/lib/bundle/audit.log | grep -q "was not confirmed"' || die "the audit log: $(inside 'tail -n 2 /var/lib/bundle/audit.log')"
on_terminal interrupt "go ahead" install /media/stick/pond-1.1.0-amd64.bundle
grep -q "STATUS 130" "$work/terminal" && grep -q "nothing was changed" "$work/terminal" || { cat "$work/terminal" && die "Ctrl-C at the question"; }
settled
inside 'tail -n 1 /var/lib/bundle/audit.log | grep -q interrupted' || die "the audit log: $(inside 'tail -n 2 /var/lib/bundle/audit.log')"
status 0 on recover
has "nothing to recover"
say "hung up at the question: nothing was changed; Ctrl-C there: nothing was changed, 130"

for phase in "prove and copy" "unpack the release" "render the configuration" "write the units" "start the idle slot" \
    "replace services" "switch traffic" "watch the new release" "drain the old slot" "stop the old slot"; do
    on_terminal hangup "$phase" install /media/stick/pond-1.1.0-amd64.bundle
    # Another terminal attaches, if there is still something to attach to, and ends as the installation does.
    got=0
    on status --follow pond >"$work/followed" 2>&1 || got=$?
    case $got in 0 | 10) ;; *) cat "$work/followed" && die "--follow ended with $got" ;; esac
    # The bake is still to come: there is something to attach to.
    case $phase in drain* | stop* | call*) ;; *) [ "$got" = 0 ] || { cat "$work/followed" && die "--follow found nothing at '$phase'"; } ;; esac
    [ "$got" = 10 ] || grep -q "serves from" "$work/followed" || { cat "$work/followed" && die "the follower did not hear the end"; }
    settled
    serves 1.1.0
    status 0 on status
    say "hung up at '$phase': installed all the same; --follow ended with $got"
    status 0 on rollback --yes
    status 0 on prune --keep 1
    serves 1.0.0
done

before=$(inside 'systemctl show -p InvocationID --value pond.web.blue.service pond.web.green.service pond.store.service | xargs')
for phase in "prove and copy" "start the idle slot"; do
    on_terminal interrupt "$phase" install /media/stick/pond-1.1.0-amd64.bundle --yes
    grep -q "STATUS 130" "$work/terminal" || { cat "$work/terminal" && die "Ctrl-C at '$phase' did not end with 130"; }
    serves 1.0.0
    status 0 on status
    status 0 on recover
    has "nothing to recover"
done
after=$(inside 'systemctl show -p InvocationID --value pond.web.blue.service pond.web.green.service pond.store.service | xargs')
for id in $before; do case $after in *"$id"*) ;; *) die "a service that serves was touched: $before, $after" ;; esac; done
[ "$(inside 'ls -A /opt/pond/releases | wc -l')" = 1 ] || die "an interrupted installation left $(inside 'ls -A /opt/pond/releases')"
say "Ctrl-C before the cutover undoes with 130"

on_terminal interrupt "watch the new release" install /media/stick/pond-1.1.0-amd64.bundle --yes
grep -q "STATUS 0" "$work/terminal" && grep -q "this goes on" "$work/terminal" || { cat "$work/terminal" && die "Ctrl-C behind the cutover"; }
serves 1.1.0
status 0 on rollback --yes
status 0 on prune --keep 1
on_terminal twice "watch the new release" install /media/stick/pond-1.1.0-amd64.bundle --yes
grep -q "STATUS 130" "$work/terminal" && grep -q "goes on without this terminal" "$work/terminal" || { cat "$work/terminal" && die "the second Ctrl-C"; }
status 0 on status --follow
has "serves from"
serves 1.1.0
status 10 on status --follow
status 0 on rollback --yes

# Whoever only follows leaves alone; the run does not notice.
on install /media/stick/pond-1.1.0-amd64.bundle --yes >"$work/install" 2>&1 &
background+=($!)
for _ in $(seq 100); do grep -q "watch the new release" "$work/install" && break || sleep 0.1; done
on_terminal interrupt "put the tool in its place" status --follow
grep -q "STATUS 130" "$work/terminal" && grep -q "goes on without this terminal" "$work/terminal" || { cat "$work/terminal" && die "Ctrl-C of a follower"; }
wait $! || { cat "$work/install" && die "the run that was followed"; }
serves 1.1.0
status 0 on rollback --yes
status 0 on prune --keep 1
say "Ctrl-C of a follower only lets go"

# `systemctl stop` of the unit is a first Ctrl-C.
on install /media/stick/pond-1.2.0-amd64.bundle --yes >"$work/install" 2>&1 &
background+=($!)
for _ in $(seq 100); do grep -q "start the idle slot" "$work/install" && break || sleep 0.1; done
inside 'systemctl stop --no-block "bundle-install-*"'
got=0
wait $! || got=$?
[ "$got" = 130 ] && grep -q "everything was undone: 1.0.0 serves as before" "$work/install" || { cat "$work/install" && die "systemctl stop: $got"; }
settled
status 0 on recover
has "nothing to recover"
say "systemctl stop of the unit undoes with 130"

# The other verbs go by the same rule.
on_terminal interrupt "rehearse the cutover" rehearse /media/stick/pond-1.1.0-amd64.bundle --seconds 20
grep -q "STATUS 130" "$work/terminal" || { cat "$work/terminal" && die "Ctrl-C of a rehearsal"; }
[ "$(inside 'ls -A /opt/pond/releases | wc -l')" = 1 ] || die "an interrupted rehearsal left $(inside 'ls -A /opt/pond/releases')"
on_terminal hangup "start the idle slot" install /media/stick/pond-1.1.0-amd64.bundle --yes --until ready
settled
status 0 on status
has "waits in"
on_terminal hangup "watch the new release" promote --yes --note "by night"
on status --follow pond >"$work/followed" 2>&1 || { cat "$work/followed" && die "--follow of promote"; }
grep -q "serves from" "$work/followed" || { cat "$work/followed" && die "the follower did not hear the end of promote"; }
settled
serves 1.1.0
status 0 on history
has "promote: by night"
on_terminal interrupt "watch the new release" rollback --yes
grep -q "STATUS 0" "$work/terminal" && grep -q "this goes on" "$work/terminal" || { cat "$work/terminal" && die "Ctrl-C in the bake of a rollback"; }
serves 1.0.0
on_terminal hangup "go ahead" rollback
settled
serves 1.0.0
status 0 on status
say "rehearse, promote and rollback go by the same rule"
say "behind the cutover the first Ctrl-C changes nothing, the second lets go, and --follow hears the end"
