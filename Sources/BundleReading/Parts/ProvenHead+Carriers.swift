// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostSystem

extension ProvenHead {
    /// Goes through the files that carry it: the bundle's, or the list of its parts and each part; one that is waited for is
    /// asked for in its turn.
    package func eachCarrier(_ work: (HostPath) throws -> Void) throws {
        try work(medium.path)
        guard let parts = medium.parts else { return }
        for number in 1...parts.count { try work(parts.part(number).file.path) }
    }

    /// What they are called, in that order; no part is asked for.
    package var carrierNames: [String] {
        [medium.path.name] + (medium.parts.map { parts in (1...parts.count).map(parts.list.name) } ?? [])
    }

    /// The bytes of all of them; of parts that were not seen yet the most that there can be.
    package var carrierBytes: Int64 {
        get throws {
            guard let parts = medium.parts else { return try HostFile.open(medium.path, .read).size() }
            return parts.size + Int64(parts.list.bytes.count)
        }
    }
}
