# SPDX-License-Identifier: Apache-2.0
# Health of every kind, asked of real programs: nginx over TLS, etcd's gRPC health, nats-server's WebSocket, node-exporter's
# metrics, a stream of events; then a release for each kind in which just that one is wrong.
. "$(dirname "$0")/../lib.sh"

certificate() { # FILE NAME DAYS
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/$1.key" -out "$work/$1.csr" \
        -subj "/CN=$1" -addext "subjectAltName=DNS:$2" 2>/dev/null
    openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -copy_extensions copy \
        -days "$3" -out "$work/$1.crt" 2>/dev/null
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/ca.key" -out "$work/ca.crt" -days 30 \
    -subj /CN=ca -addext basicConstraints=critical,CA:TRUE 2>/dev/null
certificate good twin.local 30
certificate past twin.local -1
certificate other other.local 30

# wetland VERSION [sed-expression]: a release of all of them; the expression breaks one thing.
wetland() {
    mkdir -p "$author/keys"
    [ -e "$author/keys/pond.key" ] || bundle key generate -o keys/pond.key --no-password >/dev/null
    cat >"$author/nginx.conf" <<'END'
worker_processes 1; pid /dev/null; error_log stderr;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path /tmp/b; proxy_temp_path /tmp/p; fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;
  server { listen {{ listen.https }} ssl; server_name twin.local;
    ssl_certificate {{ credentials.web }}/tls.crt; ssl_certificate_key {{ credentials.web }}/tls.key;
    location / { return 200 "pond over TLS"; } }
}
END
    cat >"$author/nats.conf" <<'END'
listen: "{{ listen.nats }}"
websocket { listen: "{{ listen.ws }}", no_tls: true }
END
    cat >"$author/events.py" <<'END'
# Server-sent events at /events, metrics at /metrics; sys.argv[2] says what goes wrong, and only under traffic.
import socket, sys, threading, time
address, port = sys.argv[1].rsplit(":", 1)
mood, began, errors = sys.argv[2], time.monotonic(), 0
def serve(client):
    global errors
    path = client.recv(4096).split(b" ")[1]
    if path == b"/metrics":
        errors += 3 if mood == "errors" else 0
        size = 300 if mood == "fat" else 100
        body = f'# TYPE pond_errors_total counter\npond_errors_total{{code="500"}} {errors}\npond_bytes {size}\n'.encode()
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        if mood == "panics": print("panic: the ledger is gone", flush=True)
    else:
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        while True:
            client.sendall(b": nothing yet\n\n" if mood == "silent" else b"data: tick\n\n")
            time.sleep(0.2)
    client.close()
def attend(client):
    try: serve(client)
    except OSError: pass
listener = socket.create_server((address, int(port)))
while True: threading.Thread(target=attend, args=listener.accept()[:1], daemon=True).start()
END
    cat >"$author/bundle.yaml" <<END
spec: 1
name: pond
arch: [amd64]
files: [ { from: events.py, to: events.py } ]
secrets: { ca.crt: , tls.crt: , tls.key: }
config: { nginx.conf: { template: nginx.conf }, nats.conf: { template: nats.conf } }
services:
  web:
    run: [/usr/sbin/nginx, -e, stderr, -c, "{{ config }}/nginx.conf", -g, "daemon off;"]
    config: [nginx.conf]
    secrets: [tls.crt, tls.key]
    ports: { https: { port: 443, expose: public } }
    health:
      - { http: https, host: twin.local, body: pond over TLS, tls: { ca: ca.crt }, passes: 2, interval: 100ms }
      - { http: https, host: twin.local, tls: { ca: tls.crt }, interval: 200ms }
  keys:
    run: [/usr/bin/etcd, --data-dir, /tmp/etcd, --listen-client-urls, "http://{{ listen.grpc }}", --advertise-client-urls,
          "http://{{ listen.grpc }}", --listen-peer-urls, "http://{{ listen.peer }}", --initial-advertise-peer-urls,
          "http://{{ listen.peer }}", --initial-cluster, "default=http://{{ listen.peer }}", --unsafe-no-fsync]
    ports: { grpc: { port: 2379, expose: slot }, peer: { port: 2380, expose: slot } }
    health: [ { grpc: grpc, interval: 200ms } ] # keys
  bus:
    run: [/usr/sbin/nats-server, -c, "{{ config }}/nats.conf"]
    config: [nats.conf]
    ports: { nats: { port: 4222, expose: slot }, ws: { port: 8088, expose: public } }
    health: [ { websocket: ws, expect: INFO, interval: 200ms } ]
  node:
    run: [/usr/bin/prometheus-node-exporter, "--web.listen-address={{ listen.http }}", --collector.disable-defaults, --collector.uname]
    ports: { http: { port: 9100, expose: slot } }
    health: [ { metrics: http, sample: 'node_uname_info{sysname="Linux"}', at-least: 1, at-most: 1, interval: 200ms } ] # node
  events:
    run: [/usr/bin/python3, "{{ share }}/events.py", "{{ listen.http }}", fine]
    ports: { http: { port: 8080, expose: public } }
    health:
      - { sse: http, path: /events, expect: tick, within: 2s, interval: 500ms }
      - { metrics: http, sample: 'pond_errors_total{code="500"}', at-most: 5, per: 1m, interval: 200ms }
      - { metrics: http, sample: pond_bytes, at-most: 150%, against: old, interval: 200ms }
      - { log: "^panic", interval: 200ms }
cutover: { health-timeout: ${HEALTH_TIMEOUT:-10s}, bake: 2s, drain: 0s }
END
    [ -z "${2:-}" ] || sed -i "$2" "$author/bundle.yaml"
    bundle create "v$1" --key keys/pond.key --codec zstd:1 >"$work/create.log" 2>&1 || {
        cat "$work/create.log" >&2
        die "create v$1"
    }
    mv "$author/pond-$1-amd64.bundle" "$stick/"
}
secret() { # ID FILE
    "$host" run "$h" -- mkdir -p /etc/pond/secrets
    chmod 600 "$work/$2"
    "$host" put "$h" "$work/$2" "/etc/pond/secrets/$1"
}
proven_by() { secret tls.crt "$1.crt" && secret tls.key "$1.key"; }

# refused VERSION TEXT…: the install ends with 4 and says this, within the deadline and a second of its own.
refused() {
    local version=$1
    shift
    status 4 on install "/media/stick/pond-$version-amd64.bundle" --yes
    has "$@"
}

wetland 1.0.0
ready kinds bookworm-kinds
secret ca.crt ca.crt
proven_by good
install_release 1.0.0
say "TLS by authority and by certificate, gRPC, WebSocket, metrics and events: healthy"

export HEALTH_TIMEOUT=3s
wetland 1.1.0
proven_by past
refused 1.1.0 "its certificate expired on" "web: not healthy within 3s"
proven_by other
refused 1.1.0 "its certificate is for other.local"
proven_by good
wetland 1.2.0 's/grpc: grpc, interval/grpc: grpc, service: ledger, interval/'
refused 1.2.0 "gRPC status 5" "health of ledger on grpc must be SERVING"
wetland 1.3.0 's/expect: INFO/expect: PONG/'
refused 1.3.0 "an open WebSocket: INFO {"
wetland 1.4.0 's/at-least: 1, at-most: 1/at-least: 2/'
refused 1.4.0 "1 in 1 sample"
wetland 1.5.0 's/, fine\]/, silent]/'
refused 1.5.0 "a stream of events, and no event in time"
say "expired, other name, unknown service, other message, other value, no event: refused before traffic came"

wetland 1.6.0 's/, fine\]/, errors]/'
refused 1.6.0 "must rise in any 1m by at most 5" "it was healthy and is not any more"
wetland 1.7.0 's/, fine\]/, fat]/'
refused 1.7.0 "300 in 1 sample; the old slot's is 100"
wetland 1.8.0 's/, fine\]/, panics]/'
refused 1.8.0 "panic: the ledger is gone"
say "errors, memory against the old slot, panics: flipped back during the bake"
[ "$("$host" client "$h" -- curl -gfsS --cacert "$work/ca.crt" --resolve twin.local:443:192.0.2.1 https://twin.local/)" = "pond over TLS" ] ||
    die "the old release does not serve"
status 0 "$host" run "$h" -- sh -c 'readlink -f /opt/pond/current | grep /1.0.0-'
