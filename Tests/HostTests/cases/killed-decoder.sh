# SPDX-License-Identifier: Apache-2.0
# The child that decodes is killed in its work, as the kernel does it for want of memory: the installation fails with one line,
# nothing of it is left, and the next one is the same as ever. On the way, what the child may do on a real host.
. "$(dirname "$0")/../lib.sh"
# Long enough to decode that a strike meets it.
amend() {
    head -c 24000000 /dev/urandom | base64 -w 99 >"$author/big"
    sed -i 's#^binaries:.*#binaries: [ { from: bin/serve, as: serve }, { from: big, as: big } ]#' "$author/bundle.yaml"
}
sources 1.0.0
bundle create v1.0.0 --key keys/pond.key --codec xz:0 >/dev/null 2>&1
mv "$author/pond-1.0.0-amd64.bundle" "$stick/"
ready decoder bookworm

cat >"$work/strike" <<'END'
#!/bin/sh
# Strikes what has decoded for a fifth of a second: a greeting is over by then.
for _ in $(seq 6000); do
    for place in $(grep -las __confined /proc/[0-9]*/cmdline); do
        place=${place%/cmdline}
        ticks=$(cut -d ' ' -f 14 "$place/stat" 2>/dev/null)
        [ "${ticks:-0}" -ge 20 ] || continue
        [ "$(readlink "$place/exe")" = "$(readlink -f /usr/bin/bundle)" ] || continue
        grep -E '^(Uid|CapEff|NoNewPrivs|Seccomp):' "$place/status" || continue
        kill -9 "${place#/proc/}" && echo struck && exit 0
    done
done
echo never
END
chmod 755 "$work/strike" && "$host" put "$h" "$work/strike" /root/strike
# The boot unit is the tool's own and stays (host-state §5, `tool`).
places() {
    "$host" run "$h" -- find / -xdev \( -path /var/log -o -path /run -o -path /proc -o -path /root -o -path /var/lib/bundle \
        -o -path /etc/bundle \) -prune -o ! -name bundle-boot.service -print | sort
}
places >"$work/before"
"$host" run "$h" -- /root/strike >"$work/struck" &
background+=($!)
got=0
said=$(on install /media/stick/pond-1.0.0-amd64.bundle --yes 2>&1) || got=$?
wait "${background[-1]}" || true
grep -q struck "$work/struck" || die "no child was there to strike: $said"
[ "$got" != 0 ] || die "the installation went on without its decoder: $said"
say "killed: exit status $got: $(grep -m 1 '^bundle: error' <<<"$said" || tail -n 1 <<<"$said")"
for wanted in '^Seccomp:.*2' '^CapEff:.*0000000000000000' '^NoNewPrivs:.*1' '^Uid:[^0-9]*[1-9][0-9]*[^0-9]*[1-9]'; do
    grep -q "$wanted" "$work/struck" || die "a child with more power than it needs: $(cat "$work/struck")"
done
places >"$work/after"
diff "$work/before" "$work/after" >"$work/left" || die "it left $(head -n 20 "$work/left")"
status 0 on install /media/stick/pond-1.0.0-amd64.bundle --yes
serves 1.0.0
status 0 on audit
say "the next installation is the same as ever, and nothing of the first is left"
