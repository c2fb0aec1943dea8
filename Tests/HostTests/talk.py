# SPDX-License-Identifier: Apache-2.0
# A service and its clients whose connections stay open: kept-alive HTTP, WebSocket (RFC 6455), server-sent events.
#   talk.py serve VERSION ADDRESS:PORT
#   talk.py open NAME ADDRESS PORT MODE    one of each; "NAME KIND VERSION" for what is read, "NAME KIND ended SECONDS HOW"
#                                          MODE leaves: on SIGUSR1 the kept-alive one says goodbye
import base64, hashlib, os, signal, socket, sys, threading, time

leaving = threading.Event()


def accept_key(key):  # RFC 6455 section 4.2.2
    return base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())


def serve(client, version):
    text = version.encode()
    while True:
        head = b""
        while b"\r\n\r\n" not in head:
            more = client.recv(4096)
            if not more:
                return
            head += more
        path = head.split(b" ")[1]
        if path == b"/ws":
            lines = [line.split(b":", 1) for line in head.split(b"\r\n") if b":" in line]
            key = next(value.strip() for name, value in lines if name.lower() == b"sec-websocket-key")
            client.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept_key(key.decode()) + b"\r\n\r\n")
            while True:
                client.sendall(bytes([0x81, len(text)]) + text)
                time.sleep(0.2)
        if path == b"/events":
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
            while True:
                client.sendall(b"data: " + text + b"\n\n")
                time.sleep(0.2)
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text) + text)


def attend(client, version):
    try:
        serve(client, version)
    except OSError:
        pass
    finally:
        client.close()


def listen(version, place):
    address, port = place.rsplit(":", 1)
    listener = socket.create_server((address, int(port)))
    while True:
        threading.Thread(target=attend, args=(listener.accept()[0], version), daemon=True).start()


def say(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def stay(name, kind, address, port):
    began, how = time.monotonic(), "eof"
    path = {"kept": "/", "websocket": "/ws", "events": "/events"}[kind]
    key = base64.b64encode(os.urandom(16)).decode()
    head = f"GET {path} HTTP/1.1\r\nHost: pond\r\n"
    if kind == "websocket":
        head += f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
    request = (head + "\r\n").encode()
    try:
        connection = socket.create_connection((address, int(port)))
        connection.sendall(request)
        while True:
            data = connection.recv(4096)
            if not data:
                break
            if b"101 Switching" in data and accept_key(key) not in data:
                how = "nonsense"
                break
            for version in ("1.0.0", "1.1.0"):
                if version.encode() in data:
                    say(name, kind, version)
            if kind == "kept":
                if leaving.is_set():
                    how = "left"
                    break
                time.sleep(0.2)
                connection.sendall(request)
    except ConnectionResetError:
        how = "reset"
    except OSError as error:
        how = type(error).__name__
    say(name, kind, "ended", round(time.monotonic() - began, 1), how)


if sys.argv[1] == "serve":
    listen(sys.argv[2], sys.argv[3])
else:
    name, address, port, mode = sys.argv[2:6]
    if mode == "leaves":
        signal.signal(signal.SIGUSR1, lambda *_: leaving.set())
    threads = [threading.Thread(target=stay, args=(name, kind, address, port)) for kind in ("kept", "websocket", "events")]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.1)
