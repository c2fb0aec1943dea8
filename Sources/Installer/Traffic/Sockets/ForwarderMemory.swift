// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import HostSystem

/// Which ports are held and until when, by the kernel's clock since the boot: a forwarder that is killed in a hold goes on with
/// it. Below `/run`, and gone with the unit.
package struct ForwarderMemory: Sendable {
    private let path: HostPath?

    package init(at path: HostPath) { self.path = path }
    private init() { path = nil }

    package static let none = ForwarderMemory()

    func read() -> [Int: Int64] {
        guard let path, let bytes = try? FileSystem.readAll(path, limit: 1 << 20) else { return [:] }
        return (try? JSONDecoder().decode([Int: Int64].self, from: Data(bytes))) ?? [:]
    }

    /// One that cannot be written costs a hold only if the process dies in it.
    func write(_ holds: [Int: Int64]) {
        guard let path, let bytes = try? JSONEncoder().encode(holds) else { return }
        _ = try? FileSystem.write(Array(bytes), to: path, permissions: 0o600)
    }
}
