# SPDX-License-Identifier: Apache-2.0
# The power goes while the new release is watched: after the boot it serves, is watched again and then called good. Only then
# its receipt is written, which is carried out, proven with and without us, and outlives the product.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
BAKE=6s pack 1.1.0
ready cutbake bookworm
status 0 on key host --note "before the first release"
has fingerprint "public key" "role host"
fingerprint=$(sed -n 's/^fingerprint *//p' <<<"$said")
"$host" run "$h" -- cat /etc/bundle/keys/host.pub >"$work/host.pub"
[ "$("$host" run "$h" -- stat -c '%a %u' /etc/bundle/keys /etc/bundle/keys/host.key | tr '\n' ' ')" = "700 0 600 0 " ] || die "modes of the host's key"
status 0 on key host
has "$fingerprint" "had its key already"
install_release 1.0.0
on install /media/stick/pond-1.1.0-amd64.bundle --yes >"$work/install" 2>&1 &
background+=($!)
for _ in $(seq 100); do
    grep -q 'watch the new release' "$work/install" && break
    sleep 0.1
done
grep -q 'watch the new release' "$work/install" || die "it was never watched"
"$host" cut "$h"
"$host" start "$h"
for _ in $(seq 60); do
    [ "$(answer http://192.0.2.1:80/)" = web-1.1.0 ] && break
    sleep 0.5
done
serves 1.1.0
for _ in $(seq 60); do
    said=$("$host" run "$h" -- journalctl -u bundle-finish --no-pager -o cat 2>&1 || true)
    case $said in *"the new release serves"*) break ;; esac
    sleep 0.5
done
has "the new release serves"
status 0 on recover
status 0 on history
has "#2" done
status 0 on status
serves 1.1.0
say "after a power cut in the bake the host runs $(answer http://192.0.2.1:80/), watched again and called good"

# --- what the host says of it, at another place.
carried() {
    rm -rf "$work/out" && mkdir "$work/out"
    "$host" run "$h" -- mkdir -p /root/out
    status 0 on receipts export /root/out
    "$host" run "$h" -- tar -C /root/out -cf - . | tar -C "$work/out" -xf -
}
prove() { status "$1" "$tool" receipts verify "$work/out" --pubkey "$work/host.pub"; }
carried
prove 0
has "2 proven" "$fingerprint"
status 0 "$tool" receipts report "$work/out" --pubkey "$work/host.pub"
has "*  pond 1.1.0 amd64" "000002"
status 0 sh "$repository/docs/verify-receipts.sh" "$work"/out/* "$work/host.pub"
has "good: 2 receipts of host $fingerprint"
rm "$work"/out/*/receipts/000002.receipt
prove 12
has "receipt 2 is missing"
status 1 sh "$repository/docs/verify-receipts.sh" "$work"/out/* "$work/host.pub"
status 0 on rollback --yes
status 0 on remove pond --yes --note "moved away"
carried
prove 0
has "4 proven"
status 0 "$tool" receipts report "$work/out" --pubkey "$work/host.pub"
case $said in *"*  pond"*) die "what was removed still serves: $said" ;; esac
has "remove" "rollback"
for release in 1.0.0 1.1.0; do
    "$host" run "$h" -- sh -c "cd /var/lib/bundle/pond/evidence/$release-* && grep -E '  (manifest.json|files.sha256)\$' SHA256SUMS | sha256sum -c --quiet && ls signatures/*.minisig plan.json >/dev/null" || die "the evidence of $release is not whole"
done
say "its receipts are whole, proven by bundle and by openssl alone, and outlive the product"
