// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// A network namespace of our own without a name (network_namespaces(7)): it lives as long as a descriptor of it is open,
/// so it goes with this object and with this process, however that dies, and every interface in it with it.
package final class NetworkNamespace: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Made on a thread that ends at once: unshare(2) moves the calling thread, and no thread of the program may stay
    /// elsewhere.
    /// - Throws: `SystemCallError`: not root, or a container that may not.
    package static func create() async throws -> NetworkNamespace {
        let descriptor = try await OwnThread.runApart {
            guard bundle_unshare_network() == 0 else {
                throw SystemCallError(call: "unshare", path: "network", code: errno)
            }
            let descriptor = bundle_openat(AT_FDCWD, "/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw SystemCallError(call: "open", path: "ns/net", code: errno) }
            return descriptor
        }
        return NetworkNamespace(descriptor: descriptor)
    }

    /// By which other programs find it: `nsenter --net=`, `ip link … netns`.
    package var path: HostPath { HostPath("/proc/\(getpid())/fd/\(descriptor)") }

    /// Runs blocking work on a thread inside. A socket stays in the namespace in which it was made.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        // Holds the descriptor open while the thread is on its way.
        try await OwnThread.runApart { [self] in
            guard bundle_enter_network(descriptor) == 0 else {
                throw SystemCallError(call: "setns", path: "network", code: errno)
            }
            return try body()
        }
    }
}
