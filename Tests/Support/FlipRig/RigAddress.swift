// SPDX-License-Identifier: Apache-2.0
import Glibc

/// `ADDRESS/PORT` or `ADDRESS/PORT/NAME`, ready for connect(2).
struct RigAddress: Sendable {
    let address: String
    let port: UInt16
    let name: String

    init(text: String) throws {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count >= 2, let port = UInt16(parts[1]) else { throw RigError(text: text) }
        address = parts[0]
        self.port = port
        name = parts.count > 2 ? parts[2] : ""
    }

    var family: Int32 { address.contains(":") ? AF_INET6 : AF_INET }

    func withSocketAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        if family == AF_INET {
            var socket = sockaddr_in()
            socket.sin_family = sa_family_t(AF_INET)
            socket.sin_port = port.bigEndian
            inet_pton(AF_INET, address, &socket.sin_addr)
            return RigAddress.pass(&socket, body)
        }
        var socket = sockaddr_in6()
        socket.sin6_family = sa_family_t(AF_INET6)
        socket.sin6_port = port.bigEndian
        inet_pton(AF_INET6, address, &socket.sin6_addr)
        return RigAddress.pass(&socket, body)
    }

    private static func pass<T, R>(_ socket: inout T, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        let size = socklen_t(MemoryLayout<T>.size)
        return withUnsafePointer(to: &socket) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
        }
    }
}
