// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// What the limits of memory add up to while two copies of a release run side by side: the old slot, the new slot, and each
/// recreate service once, with the larger of its two limits. Of one that only now becomes (or ceases to be) blue-green, both
/// count.
package struct MemoryNeed: Codable, Equatable, Sendable {
    /// Bytes: of the slot that is to start, of the one that serves, of services that run once.
    package var newSlot: Int64 = 0
    package var oldSlot: Int64 = 0
    package var once: Int64 = 0
    /// What is to start and does not run yet: the new slot, and what recreate services may grow by.
    package var additional: Int64 = 0
    /// Services of the new release without a limit: nothing can be said of those.
    package var unlimited: [String] = []

    package init() {}

    /// - Parameter running: the release that serves; nil before the first installation.
    package init(_ manifest: Manifest, running: Manifest?) {
        for (name, service) in manifest.services.sorted(by: { $0.key < $1.key }) {
            guard let limit = service.limits.memory else {
                unlimited.append(name)
                continue
            }
            if service.strategy == .blueGreen { newSlot = MemoryNeed.add(newSlot, limit) }
        }
        let old = running?.services ?? [:]
        for service in old.values where service.strategy == .blueGreen {
            oldSlot = MemoryNeed.add(oldSlot, service.limits.memory ?? 0)
        }
        additional = newSlot
        for name in Set(manifest.services.keys).union(old.keys) {
            let after = MemoryNeed.once(manifest.services[name])
            let before = MemoryNeed.once(old[name])
            once = MemoryNeed.add(once, max(before, after))
            additional = MemoryNeed.add(additional, max(0, after - before))
        }
    }

    package var total: Int64 { MemoryNeed.add(MemoryNeed.add(newSlot, oldSlot), once) }

    private static func once(_ service: Service?) -> Int64 {
        service?.strategy == .recreate ? service?.limits.memory ?? 0 : 0
    }

    /// A manifest may claim any size: too much is too much, not a trap.
    private static func add(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? Int64.max : sum
    }
}
