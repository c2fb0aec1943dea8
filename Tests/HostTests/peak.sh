# SPDX-License-Identifier: Apache-2.0
# Peak resident memory, in KiB: sourced by cases that hold the tool to its bounds.

# peak COMMAND…: runs it, and leaves its peak in $peak.
peak() {
    python3 - "$work/peak" "$@" <<'END'
import resource, subprocess, sys
status = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL).returncode
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status)
END
    peak=$(<"$work/peak")
}

# watch_host: begins to watch every process of the tool on the host, as the work may run in a unit of its own.
watch_host() {
    cat >"$work/watch" <<'END'
#!/bin/sh
largest=0
rm -f /root/stop
while [ ! -e /root/stop ]; do
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/exe")" = /usr/lib/bundle/bundle ] || continue
        now=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "$process/status" 2>/dev/null)
        [ "${now:-0}" -gt "$largest" ] && largest=$now
    done
    sleep 0.05
done
echo "$largest"
END
    chmod 755 "$work/watch" && "$host" put "$h" "$work/watch" /root/watch
    "$host" run "$h" -- /root/watch >"$work/watched" 2>/dev/null &
    watcher=$!
}

# watched: ends that, and leaves the largest in $peak.
watched() {
    "$host" run "$h" -- touch /root/stop
    wait $watcher
    peak=$(<"$work/watched")
    [ "$peak" -gt 0 ] || die "no process of the tool was seen"
}
