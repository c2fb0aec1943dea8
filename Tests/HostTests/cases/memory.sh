# SPDX-License-Identifier: Apache-2.0
# Peak memory does not grow with the bundle: with 2 GB of content, verify and install stay below 128 MB each.
. "$(dirname "$0")/../lib.sh"
megabytes=${MEGABYTES:-2000}
limit=$((128 * 1024))

sources 1.0.0
# Cannot be compressed, and no block of it comes twice.
openssl enc -aes-128-ctr -pass pass:big -nosalt -pbkdf2 </dev/zero 2>/dev/null | head -c "$megabytes"M >"$author/big.bin" || true
sed -i 's|^config:|files: [ { from: big.bin, to: big.bin } ]\nconfig:|' "$author/bundle.yaml"

# peak COMMAND…: runs it, and leaves its peak resident memory in $peak, in KiB.
peak() {
    python3 - "$work/peak" "$@" <<'END'
import resource, subprocess, sys
status = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL).returncode
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status)
END
    peak=$(<"$work/peak")
}

(cd "$author" && peak "$tool" create v1.0.0 --key keys/pond.key --codec zstd:1 --jobs 2)
created=$(<"$work/peak")
mv "$author/pond-1.0.0-amd64.bundle" "$stick/"
rm "$author/big.bin"
say "create of $(stat -c %s "$stick/pond-1.0.0-amd64.bundle") bytes peaks at $((created / 1024)) MB"
[ "$created" -le $(((128 + 2 * 480) * 1024)) ] || die "create takes $created KiB"

peak "$tool" verify "$stick/pond-1.0.0-amd64.bundle" --pubkey "$author/keys/pond.pub"
say "verify peaks at $((peak / 1024)) MB"
[ "$peak" -le $limit ] || die "verify takes $peak KiB"

ready memory bookworm
# The work may run in a unit of its own, so every process of the tool is watched.
cat >"$work/watch" <<'END'
#!/bin/sh
largest=0
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
install_release 1.0.0
"$host" run "$h" -- touch /root/stop
wait $watcher
say "install peaks at $(($(<"$work/watched") / 1024)) MB"
[ "$(<"$work/watched")" -gt 0 ] && [ "$(<"$work/watched")" -le $limit ] || die "install takes $(<"$work/watched") KiB"
serves 1.0.0
