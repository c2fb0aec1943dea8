# SPDX-License-Identifier: Apache-2.0
# The installer is killed while new connections wait: no port stays closed, and the host is old or new, whole.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
pack 1.1.0
ready hold bookworm
install_release 1.0.0

# Kills every process of the tool inside the host at the moment that the hold begins to be in force.
cat >"$work/strike" <<'END'
#!/bin/sh
for _ in $(seq 3000); do
    if nft list table inet bundle_pond 2>/dev/null | grep -q 'elements = { 8081 '; then
        for exe in /proc/[0-9]*/exe; do
            [ "$(readlink "$exe")" = /usr/lib/bundle/bundle ] && kill -9 "$(echo "$exe" | cut -d / -f 3)"
        done
        echo struck
        exit 0
    fi
    sleep 0.01
done
echo never
END
chmod 755 "$work/strike" && "$host" put "$h" "$work/strike" /root/strike
"$host" run "$h" -- /root/strike >"$work/struck" &
background+=($!)
on install /media/stick/pond-1.1.0-amd64.bundle --yes >"$work/install" 2>&1 && die "the installer was to be killed"
wait "${background[-1]}" || true  # it strikes first and says so then
grep -q struck "$work/struck" || { cat "$work/install" && die "there was no hold to strike in"; }
# Every port serves again, whatever has died: ExecStopPost recovers; the kernel would let go after twice the hold (40 s).
for _ in $(seq 60); do
    case $(answer http://192.0.2.1:8081/) in store-*) break ;; *) sleep 0.5 ;; esac
done
case $(answer http://192.0.2.1:8081/) in
store-1.0.0) serves 1.0.0 ;;
store-1.1.0) serves 1.1.0 ;;
*) die "port 8081 does not answer" ;;
esac
status 0 on recover
status 0 on status
say "after a kill in the hold the host runs $(answer http://192.0.2.1:80/) and $(answer http://192.0.2.1:8081/)"
install_release 1.1.0
serves 1.1.0
