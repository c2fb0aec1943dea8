// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// Asks the kernel for TCP sockets by netlink (sock_diag(7), linux/inet_diag.h): in milliseconds, whatever there is in
/// TIME_WAIT.
enum SocketDiagnosis {
    /// Every state but TIME_WAIT and CLOSE.
    private static let states: UInt32 =
        [1, 2, 3, 4, 5, 8, 9, 10, 11, 12].reduce(0) { $0 | 1 << UInt32($1) }

    private static let headerBytes = 16
    /// struct inet_diag_msg.
    private static let messageBytes = 72
    private static let done: UInt16 = 3
    private static let error: UInt16 = 2

    /// - Returns: nil when the kernel cannot be asked this way.
    static func tcpSockets() throws(SystemCallError) -> [TCPSocket]? {
        var sockets: [TCPSocket] = []
        for family in [AF_INET, AF_INET6] {
            guard let found = try openSockets(of: family) else {
                // No IPv6 in this kernel is no fault.
                if family == AF_INET6 { continue }
                return nil
            }
            sockets += found
        }
        return sockets
    }

    private static func openSockets(of family: Int32) throws(SystemCallError) -> [TCPSocket]? {
        let descriptor = bundle_ask_tcp_sockets(family, states)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var sockets: [TCPSocket] = []
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemCallError(call: "recv", path: "sock_diag", code: errno) }
            var rest = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            while rest.count >= headerBytes {
                let length = Int(rest.loadUnaligned(as: UInt32.self))
                guard length >= headerBytes, length <= rest.count else { return nil }
                switch rest.loadUnaligned(fromByteOffset: 4, as: UInt16.self) {
                case done: return sockets
                case error: return nil
                default:
                    let message = UnsafeRawBufferPointer(rebasing: rest[headerBytes..<length])
                    if let socket = socket(message) { sockets.append(socket) }
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[min(rest.count, (length + 3) & ~3)...])
            }
        }
    }

    /// Ends one connection (SOCK_DESTROY, Linux 4.9, CONFIG_INET_DIAG_DESTROY): both ends see a reset.
    /// - Returns: whether it is gone; a kernel that cannot do this leaves it to the end of the process.
    static func destroy(_ socket: TCPSocket) -> Bool {
        // By its addresses alone, one that has just ended would be taken for the socket that listens there.
        guard let cookie = socket.cookie else { return false }
        // An IPv4 connection to an IPv6 socket is found by its IPv4 addresses.
        let family = socket.local.isV6 ? AF_INET6 : AF_INET
        let (local, remote) = (socket.local, socket.remote)
        let localPort = UInt16(truncatingIfNeeded: local.port)
        let remotePort = UInt16(truncatingIfNeeded: remote.port)
        let status = bundle_destroy_tcp_socket(family, local.address, localPort, remote.address, remotePort, cookie)
        guard status == 0 || errno == ENOENT else { return false }
        // Conntrack keeps a connection that its server reset for 10 s, and does not reopen it: a client that takes the
        // same port again meanwhile would be led to where this one was led, and be refused.
        _ = bundle_forget_connection(family, local.address, localPort, remote.address, remotePort)
        return true
    }

    private static func socket(_ message: UnsafeRawBufferPointer) -> TCPSocket? {
        guard message.count >= messageBytes, let state = TCPSocket.State(rawValue: message[1]) else { return nil }
        let addressBytes = message[0] == UInt8(AF_INET) ? 4 : 16
        let port = { (offset: Int) in Int(message[offset]) << 8 | Int(message[offset + 1]) }
        let address = { (offset: Int) in Array(message[offset..<(offset + addressBytes)]) }
        return TCPSocket(
            local: SocketEndpoint(address: address(8), port: port(4)),
            remote: SocketEndpoint(address: address(24), port: port(6)), state: state,
            user: message.loadUnaligned(fromByteOffset: 64, as: UInt32.self),
            inode: UInt64(message.loadUnaligned(fromByteOffset: 68, as: UInt32.self)),
            cookie: UInt64(message.loadUnaligned(fromByteOffset: 44, as: UInt32.self))
                | UInt64(message.loadUnaligned(fromByteOffset: 48, as: UInt32.self)) << 32)
    }
}
