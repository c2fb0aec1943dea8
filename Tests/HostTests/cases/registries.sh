# SPDX-License-Identifier: Apache-2.0
# Two real registries (Debian's docker-registry), with TLS by a site's own authority and passwords: skopeo puts images into one, `create` fetches them by
# `ref:`, `mirror` pushes them and those of files into the other, which then has the very manifests; a connection that is cut goes on, a second run
# moves nothing. Then a host mirrors a release that it holds, and its podman pulls the image by that digest.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../buildah.sh"
mkdir "$work/certificates"

# --- an authority, and registries that it vouches for
cd "$work/certificates"
key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
openssl req -x509 "${key[@]}" -keyout ca.key -out ca.crt -days 2 -subj "/CN=the site's own" 2>/dev/null
openssl req "${key[@]}" -keyout server.key -out server.csr -subj "/CN=registry" 2>/dev/null
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt -days 2 \
    -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1") 2>/dev/null
# author, with the password `secret`; bcrypt, as docker-registry wants it.
echo 'author:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a' >passwords
cd - >/dev/null
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# registry NAME: serves; its address is in $registry.
registry() {
    local port
    port=$(free_port)
    registry=localhost:$port
    mkdir -p "$work/$1"
    cat >"$work/$1.yaml" <<END
version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: $work/$1 } }
http: { addr: "127.0.0.1:$port", secret: any, tls: { certificate: $work/certificates/server.crt, key: $work/certificates/server.key } }
auth: { htpasswd: { realm: here, path: $work/certificates/passwords } }
END
    docker-registry serve "$work/$1.yaml" >"$work/$1.log" 2>&1 &
    background+=($!)
    for _ in $(seq 100); do
        curl -s -o "$work/null" --cacert "$work/certificates/ca.crt" "https://$registry/v2/" && return
        sleep 0.1
    done
    die "$1 does not answer: $(cat "$work/$1.log")"
}
registry build && outside=$registry
registry site && inside=$registry
mkdir "$work/authority" && cp "$work/certificates/ca.crt" "$work/authority/"
trusting=(--cert-dir "$work/authority" --creds author:secret)

# --- images: 24 MB that cannot be compressed under 1 MB of each one's own; by buildah and by umoci
head -c 24000000 /dev/urandom >"$work/base/common"
cp "$load" "$work/base/serve"
container=$(buildah from scratch)
buildah copy -q "$container" "$work/base" / >/dev/null
buildah config --entrypoint '["/serve"]' "$container"
buildah commit -q --timestamp 0 "$container" localhost/base >/dev/null
container=$(buildah from localhost/base)
head -c 1000000 /dev/urandom >"$work/own"
buildah copy -q "$container" "$work/own" / >/dev/null
buildah commit -q --timestamp 0 "$container" localhost/app >/dev/null
images=$author/images
buildah push -q localhost/app "oci-archive:$images/buildah.tar"
buildah push -q localhost/app "docker-archive:$images/docker.tar:localhost/app:1"
skopeo copy -q "oci-archive:$images/buildah.tar" "oci-archive:$images/skopeo.tar"
umoci init --layout "$images/umoci"
umoci new --image "$images/umoci:1"
umoci insert --image "$images/umoci:1" "$load" /serve
umoci config --image "$images/umoci:1" --config.entrypoint /serve --architecture amd64 --os linux
skopeo copy -q --dest-cert-dir "$work/authority" --dest-creds author:secret \
    "oci-archive:$images/buildah.tar" "docker://$outside/team/app:1.0"

# --- the connected side
cat >"$author/auth.json" <<END
{ "auths": { "$outside": { "auth": "$(printf author:secret | base64)" }, "$inside": { "auth": "$(printf author:secret | base64)" } } }
END
access=(--credentials auth.json --ca "$work/certificates/ca.crt")
bundle key generate -o keys/pond.key --no-password >/dev/null
cat >"$author/bundle.yaml" <<END
spec: 1
name: pond
arch: [amd64]
cutover: { bake: 1s, drain: 1s }
images:
  app: { ref: "$outside/team/app:1.0" }
  buildah: { archive: images/buildah.tar }
  docker: { archive: images/docker.tar }
  skopeo: { archive: images/skopeo.tar }
  umoci: { archive: images/umoci }
services:
  app:
    image: app
    args: [serve, app, "{{ listen.http }}"]
    user: "5999:5998"
    ports: { http: { port: 80, expose: public } }
    health: [ { http: http, path: /, body: app } ]
END
status 1 bundle pin --credentials auth.json
has "its certificate is not believed" "--ca FILE"
status 1 bundle pin --ca "$work/certificates/ca.crt"
has "$outside wants a name and a password" "--credentials FILE"
status 0 bundle pin "${access[@]}"
digest=$(skopeo inspect "${trusting[@]}" "docker://$outside/team/app:1.0" | jq -r .Digest)
grep -q "team/app:1.0@$digest" "$author/bundle.yaml" || die "pinned is not $digest"
[ -z "$(cd "$author" && grep -l secret bundle.yaml)" ] || die "the password is in the spec"

# asked REGISTRY METHOD: how often it gave us a blob (GET), or room for one (POST).
asked() { grep -cE "\"$2 /v2/[^ ]*/blobs/[^ ]* HTTP/1.1\" 20.*bundle/1" "$work/$1.log" || true; }
create() { status 0 bundle create "v$1" --key keys/pond.key --codec zstd:3 --cache "$work/cache" "${access[@]}" -o "$stick/pond-$1.bundle"; }
create 1.0.0
[ "$(asked build GET)" = 3 ] || die "create asked for $(asked build GET) blobs, not for a config and two layers"
create 1.1.0
[ "$(asked build GET)" = 3 ] || die "a second create fetched again"
truncate -s 1000 "$(find "$work/cache/images/blobs" -size +1000k | head -n 1)"
create 1.2.0
[ "$(asked build GET)" = 4 ] || die "a damaged layer was not fetched anew, and it alone"
said=$(bundle inspect "$stick/pond-1.0.0.bundle" --json --pubkey keys/pond.pub)
[ "$(jq -r .manifest.images.app.ref <<<"$said")" = "$outside/team/app:1.0@$digest" ] || die "the manifest has no ref"

# A static program that loads the system's modules for name lookup dies of them where they are of another C library: it loads none.
echo 'hosts: mymachines resolve [!UNAVAIL=return] myhostname files dns' >"$work/nsswitch.conf"
cat >"$work/lookup" <<END
mount --bind "$work/nsswitch.conf" /etc/nsswitch.conf
exec strace -f -e trace=openat -o "$work/opened" "$tool" mirror "$stick/pond-1.0.0.bundle" registry.invalid --pubkey "$author/keys/pond.pub"
END
status 1 unshare -m bash "$work/lookup"
has "registry.invalid: no such host"
grep -q resolv.conf "$work/opened" || die "nothing was looked up"
! grep libnss "$work/opened" || die "a module was loaded"

# --- the isolated side: mirrored through a wire that is cut once, in the middle of a layer
wire=$(free_port)
python3 - "$wire" "${inside#*:}" "$work/wire" <<'END' &
import os, socket, sys, threading
listening, target, report = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
total, cuts, lock = 0, 1, threading.Lock()
def carry(a, b, upward):
    global total, cuts
    mine = 0
    try:
        while data := a.recv(65536):
            b.sendall(data)
            if not upward: continue
            mine += len(data)
            with lock:
                total += len(data)
                if mine > 9000000 and cuts:
                    cuts -= 1
                    break
                with open(report + ".new", "w") as file: file.write(f"{total} {cuts}\n")
                os.replace(report + ".new", report)
            continue
        else:
            b.shutdown(socket.SHUT_WR)
            return
    except OSError: pass
    for s in (a, b):
        try: s.shutdown(socket.SHUT_RDWR)
        except OSError: pass
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", listening))
server.listen(20)
while True:
    a, _ = server.accept()
    b = socket.create_connection(("127.0.0.1", target))
    threading.Thread(target=carry, args=(a, b, True), daemon=True).start()
    threading.Thread(target=carry, args=(b, a, False), daemon=True).start()
END
background+=($!)
sleep 0.5
wire=localhost:$wire
sed -i "s/$inside/$wire/" "$author/auth.json"
mirror() { bundle mirror "$stick/pond-1.0.0.bundle" "$wire/gap" --pubkey keys/pond.pub "${access[@]}" "$@"; }
status 0 mirror --dry-run
has "to send" "team/app:1.0.0-amd64@$digest"
[ "$(asked site POST)" = 0 ] || die "a dry run sent something"
status 0 mirror
has "$wire/gap/team/app:1.0.0-amd64@$digest" "this one was made of it"
read -r sent cuts <"$work/wire"
[ "$cuts" = 0 ] || die "the wire was never cut"
lines=$(mirror 2>"$work/second")
[ "$(grep -c '' <<<"$lines")" = 5 ] || die "$lines"
[ "$(grep -c ' 0 blobs, 0 bytes sent' "$work/second")" = 5 ] || die "the second run sent something: $(cat "$work/second")"

# Each repository has the digest that was printed, and where the input carried one, that of the input.
for line in $lines; do
    name=${line#"$wire/"} name=${name%@*}
    found=$(skopeo inspect "${trusting[@]}" "docker://$inside/$name" | jq -r .Digest)
    [ "$found" = "${line#*@}" ] || die "$name is $found at the registry, not ${line#*@}"
    case $name in
    gap/pond/docker:*) continue ;;
    gap/team/app:*) wanted=$digest ;;
    gap/pond/umoci:*) wanted=$(jq -r '.manifests[0].digest' "$images/umoci/index.json") ;;
    *) wanted=$(skopeo inspect "oci-archive:$images/$(basename "${name%:*}").tar" | jq -r .Digest) ;;
    esac
    [ "$found" = "$wanted" ] || die "$name is $found, and the input has $wanted"
done
# What is there is not sent again. Of the cut layer, docker-registry forgets what it had (it answers 404 for that upload), so those 9 MB are.
bytes=$(find "$work/site" -name data -path '*/blobs/*' -size +900k -printf '%s\n' | awk '{ n += $1 } END { print n }')
[ "$sent" -lt $((bytes + 9000000 + 4000000)) ] || die "$sent bytes went through the wire for $bytes of layers"
say "5 inputs, one digest each at the registry; $((sent / 1000)) kB sent for $((bytes / 1000)) kB of layers, cut once"

# --- a release that the host holds, into a registry on it; podman pulls by the digest
ready registries bookworm-podman
"$host" put "$h" "$(command -v docker-registry)" /usr/bin/docker-registry
printf 'version: 0.1\nstorage: { filesystem: { rootdirectory: /var/lib/registry } }\nhttp: { addr: "127.0.0.1:5000" }\n' >"$work/plain.yaml"
"$host" put "$h" "$work/plain.yaml" /etc/registry.yaml
"$host" run "$h" -- systemd-run --quiet docker-registry serve /etc/registry.yaml
status 0 on stage /media/stick/pond-1.0.0.bundle
for _ in $(seq 50); do "$host" run "$h" -- test -e /proc/net/tcp && on mirror pond@1.0.0 127.0.0.1:5000 --image app >"$work/held" 2>&1 && break || sleep 0.2; done
grep -q "^127.0.0.1:5000/team/app:1.0.0-amd64@$digest$" "$work/held" || die "$(cat "$work/held")"
"$host" run "$h" -- podman pull -q --tls-verify=false "127.0.0.1:5000/team/app@$digest" >"$work/pulled"
id=$(buildah inspect --type image --format '{{.FromImageID}}' localhost/app)
[ "$(tr -d '\r\n' <"$work/pulled")" = "$id" ] || die "podman pulled $(cat "$work/pulled"), not $id"
say "podman on the host pulls ${id:0:12} by the digest of its manifest"
