// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostSystem

/// A listening socket on 127.0.0.1, at a port of the kernel's choice.
struct LoopbackSocket: Sendable {
    let descriptor: Int32
    let endpoint: Endpoint

    init() throws {
        descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = descriptor
        let done = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && listen(socket, 512) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        guard done else { throw SystemCallError(call: "bind", path: "127.0.0.1", code: errno) }
        endpoint = Endpoint(address: "127.0.0.1", port: Int(UInt16(bigEndian: address.sin_port)))
    }

    func accept() throws -> LoopbackConnection {
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { throw SystemCallError(call: "accept", path: "127.0.0.1", code: errno) }
        return LoopbackConnection(descriptor: accepted)
    }

    func close() { Glibc.close(descriptor) }
}

/// Says its name to whoever connects, and closes; until the process ends.
struct LoopbackService: Sendable {
    let name: String
    let endpoint: Endpoint

    init(_ name: String) throws {
        let socket = try LoopbackSocket()
        self.name = name
        endpoint = socket.endpoint
        Task {
            try await Blocking.run {
                while true { try? socket.accept().write(Array(name.utf8)) }
            }
        }
    }
}

/// One connection; it closes with its last reference.
final class LoopbackConnection: Sendable {
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    init(to place: Endpoint) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(place.port)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw SystemCallError(call: "connect", path: place.description, code: errno) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { throw SystemCallError(call: "send", path: "", code: errno) }
            rest = rest.dropFirst(sent)
        }
    }

    func readAll() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw SystemCallError(call: "recv", path: "", code: errno) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    var local: Endpoint { get throws { try name(getsockname) } }
    var peer: Endpoint { get throws { try name(getpeername) } }

    private func name(
        _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) throws -> Endpoint {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(descriptor, $0, &size) }
        }
        guard status == 0 else { throw SystemCallError(call: "getsockname", path: "", code: errno) }
        return Endpoint(address: "127.0.0.1", port: Int(UInt16(bigEndian: address.sin_port)))
    }

    func endOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// RST, by an end that lingers no time.
    func cut() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}

private func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
}
