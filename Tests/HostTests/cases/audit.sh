# SPDX-License-Identifier: Apache-2.0
# An auditor's walk: whatever was changed on a host is named, and nothing else; `--repair` mends what was signed, restarts nothing,
# and leaves what is somebody's or cannot be made again.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../buildah.sh"

base_image
image_on_base app 1000
buildah push -q localhost/app "oci-archive:$author/images/app.oci.tar"
cat >"$work/app.yaml" <<END
  app:
    image: app
    args: [serve, app, "{{ listen.http }}"]
    ports: { http: { port: 8090, expose: public } }
    health: [ { http: http, path: /, body: app } ]
    stop: { timeout: 1s }
END
amend() {
    sed -i "/^services:/r $work/app.yaml" "$author/bundle.yaml"
    echo 'images: { app: { archive: images/app.oci.tar } }' >>"$author/bundle.yaml"
    bundle pin >/dev/null
}
pack 1.0.0
pack 1.1.0
ready audit bookworm-podman
install_release 1.0.0
install_release 1.1.0
run() { "$host" run "$h" -- "$@"; }
release=$(run readlink /opt/pond/current)
units=/etc/systemd/system
label=$(run podman image ls --format '{{.Repository}}:{{.Tag}}' | grep '^localhost/bundle:')
started() { run systemctl show -p InvocationID --value pond.web.green.service pond.app.green.service pond.store.service; }
before=$(started)

# finds STATUS [OPTION]… -- [CODE PLACE]…: exactly these differences.
finds() {
    local wanted=$1 options=() want found
    shift
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    status "$wanted" on audit --json "${options[@]}"
    found=$(sed -n '/^{/,$p' <<<"$said" | jq -r '.findings[] | select(.weight != "note") | .code + " " + .place' | sort -u)
    want=$(printf '%s\n' "$@" | sort -u)
    [ "$found" = "$want" ] || { echo "$said" && die "it finds: $found; wanted: $want"; }
}
byte() { run sh -c "cp -p $release/bin/serve /root/serve && printf x | dd of=/root/serve bs=1 seek=1000 conv=notrunc status=none && mv /root/serve $release/bin/serve"; }
unit() { run sh -c "echo Nice=19 >>$units/pond.web.green.service"; }
drop_in() { run sh -c "mkdir -p $units/pond.web.green.service.d && printf '[Service]\nNice=19\n' >$units/pond.web.green.service.d/faster.conf"; }
image() { run sh -c "cd /root && echo evil >evil && tar c evil | podman import -q - localhost/evil && podman tag localhost/evil $label" >/dev/null; }
traffic() { unwatched && run nft flush ruleset; }
log() { run sed -i '0,/"done"/s//"refused"/' /var/lib/bundle/audit.log; }
config() { run sh -c "echo x >>/opt/pond/slots/green/config/web.txt"; }
gone() { run rm "$units/pond.web.green.service"; }
rule() { run sh -c 'nft flush chain inet bundle_pond guard && nft add rule inet bundle_pond guard accept && nft add rule inet bundle_pond guard accept'; }
program() { run sh -c "chmod 4755 $release/bin/serve; touch $release/bin/more; ln -sfn $release /opt/pond/slots/green/release.new && mv -T /opt/pond/slots/green/release.new /opt/pond/slots/green/release; ln -sfn /root /opt/pond/current"; }

untouched() { run sh -c 'find /etc /opt /var/lib/bundle /usr -xdev -type f -printf "%p %T@ %C@\n" | sort | sha256sum'; }
mark=$(untouched)
began=$(date +%s%N)
finds 0 --html /root/report.html --
say "a clean host: $(jq -c .compared <<<"$(sed -n '/^{/,$p' <<<"$said")") in $((($(date +%s%N) - began) / 1000000)) ms"
[ "$(untouched)" = "$mark" ] || die "an audit that only looks has written"
run cat /root/report.html >"$work/report.html"
grep -q 'Release digest' "$work/report.html" && ! grep -Eiq '<script|src=|href=|url\(' "$work/report.html" || die "the page is not one page"

# Each alone.
alone() {
    local name=$1
    shift
    $name
    finds 12 -- "$@"
    finds 0 --repair --
    finds 0 --
    serves 1.1.0
    say "$name: named alone, and mended"
}
alone byte "files-changed $release/bin/serve"
alone unit "units-changed $units/pond.web.green.service"
alone gone "units-missing $units/pond.web.green.service"
alone config "config-changed /opt/pond/slots/green/config/web.txt"
alone image "images-changed $label"
alone traffic "traffic-missing table inet bundle_pond"
alone rule "traffic-missing table inet bundle_pond chain guard" "traffic-unexpected table inet bundle_pond chain guard"
drop_in
finds 12 -- "drop-ins-unexpected $units/pond.web.green.service.d/faster.conf"
finds 12 --repair -- "drop-ins-unexpected $units/pond.web.green.service.d/faster.conf"
run sh -c "rm -r $units/pond.web.green.service.d && systemctl daemon-reload"
finds 0 --
# A copy in the place of the release, and a drop-in by another name.
run sh -c "cp -a $release /root/copy && mv $release /root/real && ln -s /root/copy $release"
finds 12 -- "files-kind $release"
finds 12 --repair -- "files-kind $release"
run sh -c "rm $release && mv /root/real $release && rm -r /root/copy"
run sh -c "ln -s pond.web.green.service $units/harmless.service && mkdir $units/harmless.service.d && printf '[Service]\nNice=19\n' >$units/harmless.service.d/x.conf && systemctl daemon-reload"
finds 12 -- "units-unexpected $units/harmless.service" "drop-ins-unexpected $units/harmless.service.d/x.conf"
run sh -c "rm -r $units/harmless.service $units/harmless.service.d && systemctl daemon-reload && systemctl set-environment LD_AUDIT=/x"
finds 12 -- "units-unexpected systemd's environment, LD_AUDIT"
run systemctl unset-environment LD_AUDIT
finds 0 --
status 64 on audit --html /dev/null
run test -c /dev/null || die "/dev/null was replaced"
run cp -p /var/lib/bundle/audit.log /root/audit.log
log
finds 5 -- "log-broken /var/lib/bundle/audit.log"
finds 5 --repair -- "log-broken /var/lib/bundle/audit.log"
run cp -p /root/audit.log /var/lib/bundle/audit.log
finds 0 --
say "a drop-in and the log are named, and left to people"

# All of it at once.
for change in byte unit drop_in image traffic log program; do $change; done
finds 5 -- "files-changed $release/bin/serve" "units-changed $units/pond.web.green.service" "images-changed $label" \
    "drop-ins-unexpected $units/pond.web.green.service.d/faster.conf" "traffic-missing table inet bundle_pond" \
    "log-broken /var/lib/bundle/audit.log" "files-unexpected $release/bin/more" "links-changed /opt/pond/current"
finds 5 --repair -- "drop-ins-unexpected $units/pond.web.green.service.d/faster.conf" "log-broken /var/lib/bundle/audit.log" \
    "files-unexpected $release/bin/more"
run sh -c "rm -r $units/pond.web.green.service.d $release/bin/more && systemctl daemon-reload && cp -p /root/audit.log /var/lib/bundle/audit.log"
finds 0 --
serves 1.1.0
[ "$(started)" = "$before" ] || die "a service was restarted"
status 0 on rollback --yes
finds 0 --
say "all at once: eight are named, five are mended, no service was restarted; it goes back to 1.0.0 and is clean"
