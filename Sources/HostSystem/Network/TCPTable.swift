// SPDX-License-Identifier: Apache-2.0

/// An address and a port. IPv4-mapped IPv6 addresses are told as IPv4, because that is what their packets are.
package struct SocketEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes in network order.
    package let address: [UInt8]
    package let port: Int

    package init(address: [UInt8], port: Int) {
        let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff]
        self.address = address.count == 16 && address.starts(with: mapped) ? Array(address[12...]) : address
        self.port = port
    }

    package var isV6: Bool { address.count == 16 }
    /// 0.0.0.0 or `::`: every address of the machine.
    package var isWildcard: Bool { address.allSatisfy { $0 == 0 } }

    /// `127.0.0.1`, or eight groups without abbreviation for IPv6.
    package var addressText: String {
        guard isV6 else { return address.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map {
            String(Int(address[$0]) << 8 | Int(address[$0 + 1]), radix: 16)
        }.joined(separator: ":")
    }

    package var description: String { isV6 ? "[\(addressText)]:\(port)" : "\(addressText):\(port)" }
}

/// One socket of `/proc/net/tcp` or `/proc/net/tcp6` (proc_net_tcp.txt of the kernel).
package struct TCPSocket: Equatable, Sendable {
    /// Numbers of include/net/tcp_states.h.
    package enum State: UInt8, Sendable {
        case established = 1
        case synSent, synReceived, finWait1, finWait2, timeWait, close, closeWait, lastAck, listen, closing
        case newSynReceived
    }

    package let local: SocketEndpoint
    package let remote: SocketEndpoint
    package let state: State
    package let user: UInt32
    /// 0 for a socket that no process holds any more.
    package let inode: UInt64
    /// What the kernel knows this very socket by, whoever else has its addresses; nil where /proc was read.
    var cookie: UInt64?
}

/// All TCP sockets of this network namespace at one moment.
package struct TCPTable: Equatable, Sendable {
    package let sockets: [TCPSocket]

    package init(sockets: [TCPSocket]) { self.sockets = sockets }

    /// Takes the two files' texts; lines that are not sockets are skipped.
    package init(v4: String, v6: String) {
        sockets = (v4.split(separator: "\n") + v6.split(separator: "\n")).compactMap(TCPTable.socket)
    }

    /// The sockets of this process's namespace that listen or are open. The kernel is asked for just these: a busy host
    /// has hundreds of thousands in TIME_WAIT, and printing them all into /proc takes it many seconds. A kernel without
    /// sock_diag(7) is read by /proc.
    package static func read() throws -> TCPTable {
        guard let sockets = try SocketDiagnosis.tcpSockets() else { return try read(proc: "/proc") }
        return TCPTable(sockets: sockets)
    }

    /// Reads everything that /proc shows. A machine without IPv6 has no tcp6.
    package static func read(proc: HostPath) throws -> TCPTable {
        let v4 = try FileSystem.readAll(proc / "net/tcp", limit: 256 << 20)
        let v6 = (try? FileSystem.readAll(proc / "net/tcp6", limit: 256 << 20)) ?? []
        return TCPTable(v4: String(decoding: v4, as: UTF8.self), v6: String(decoding: v6, as: UTF8.self))
    }

    /// Ends a connection from the server's side; its client sees a reset.
    /// - Returns: false where the kernel cannot, or we may not.
    package static func cut(_ socket: TCPSocket) -> Bool { SocketDiagnosis.destroy(socket) }

    /// Listening sockets on a port, whatever their address.
    package func listeners(port: Int) -> [TCPSocket] {
        sockets.filter { $0.state == .listen && $0.local.port == port }
    }

    /// Connections whose local end is this: those that a service there still has to finish. A socket in TIME_WAIT is
    /// finished; one in SYN_RECV is not accepted yet but is the client's already; one in FIN_WAIT2 counts while a
    /// process still holds it, as it may still be reading.
    package func connections(to local: SocketEndpoint) -> [TCPSocket] {
        let open: Set<TCPSocket.State> = [
            .established, .synReceived, .newSynReceived, .finWait1, .closeWait, .lastAck, .closing,
        ]
        return sockets.filter { socket in
            socket.local == local && (open.contains(socket.state) || socket.state == .finWait2 && socket.inode != 0)
        }
    }

    /// `sl: LOCAL:PORT REMOTE:PORT ST TX:RX TR:WHEN RETR UID TIMEOUT INODE …`, numbers in hexadecimal but uid and inode.
    private static func socket(_ line: Substring) -> TCPSocket? {
        let fields = line.split(separator: " ")
        guard fields.count >= 10, fields[0].hasSuffix(":"), let local = endpoint(fields[1]),
            let remote = endpoint(fields[2]), let state = UInt8(fields[3], radix: 16).flatMap(TCPSocket.State.init),
            let user = UInt32(fields[7]), let inode = UInt64(fields[9])
        else { return nil }
        return TCPSocket(local: local, remote: remote, state: state, user: user, inode: inode)
    }

    /// `0100007F:1F90`: the address is printed as 32-bit words in the machine's own order (little-endian on both
    /// architectures that we know), the port is not.
    private static func endpoint(_ text: Substring) -> SocketEndpoint? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, parts[0].utf8.count == 8 || parts[0].utf8.count == 32,
            let port = Int(parts[1], radix: 16)
        else { return nil }
        var bytes: [UInt8] = []
        var rest = parts[0]
        while !rest.isEmpty {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            withUnsafeBytes(of: word) { bytes.append(contentsOf: $0) }
            rest = rest.dropFirst(8)
        }
        return SocketEndpoint(address: bytes, port: port)
    }
}
