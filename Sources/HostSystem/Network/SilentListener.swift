// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Listens and never accepts: the kernel completes connections by itself, as far as the queue goes. Enough to find out
/// whether packets arrive. Ends with its last reference.
package final class SilentListener: Sendable {
    private let descriptor: Int32

    /// - Parameter interface: only what comes in by it arrives here; nil: all.
    /// - Throws: `SystemCallError`.
    package init(at endpoint: SocketEndpoint, on interface: String? = nil) throws {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(endpoint.isV6 ? AF_INET6 : AF_INET, type, 0)
        guard descriptor >= 0 else { throw SystemCallError(call: "socket", path: "", code: errno) }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // Two runs that look at the same time do not turn each other away.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &yes, size)
        if endpoint.isV6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size) }
        if let interface {
            let name = Array(interface.utf8)
            setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, name, socklen_t(name.count))
        }
        guard endpoint.withSocketAddress({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, 16) == 0 else {
            let error = SystemCallError(call: "listen", path: endpoint.description, code: errno)
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
