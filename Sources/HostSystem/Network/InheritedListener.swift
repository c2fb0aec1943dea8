// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A listening socket that systemd holds and has passed on (sd_listen_fds(3)).
package struct InheritedListener: Equatable, Sendable {
    /// `FileDescriptorName=` of its unit.
    package let name: String
    package let descriptor: Int32
    package let isIPv6: Bool

    package init(name: String, descriptor: Int32, isIPv6: Bool) {
        self.name = name
        self.descriptor = descriptor
        self.isIPv6 = isIPv6
    }

    /// What came with this process; none when it was not meant for it. Descriptors from 3 on, in the order of the names.
    package static func all() -> [InheritedListener] {
        // The variables go on to children, who have other descriptors there.
        guard variable("LISTEN_PID").flatMap({ Int32($0) }) == getpid(),
            let count = variable("LISTEN_FDS").flatMap({ Int32($0) }), (1...4096).contains(count)
        else { return [] }
        let names = (variable("LISTEN_FDNAMES") ?? "").split(separator: ":", omittingEmptySubsequences: false)
        return (0..<count).compactMap { index in
            let descriptor = 3 + index
            guard let domain = domain(of: descriptor), domain == AF_INET || domain == AF_INET6 else { return nil }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            let name = Int(index) < names.count ? String(names[Int(index)]) : ""
            return InheritedListener(name: name, descriptor: descriptor, isIPv6: domain == AF_INET6)
        }
    }

    private static func domain(of descriptor: Int32) -> Int32? {
        var domain: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 ? domain : nil
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
