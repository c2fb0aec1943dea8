// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Services in dependency order: what one waits for comes before it; equals by name, so that plans never vary.
package enum StartOrder {
    /// - Returns: all names, jobs at `start` among them; a cycle, which `lint` and the manifest's checks refuse, ends up
    ///   last in name order.
    package static func of(_ services: [String: Service], _ jobs: [String: Job] = [:]) -> [String] {
        var needs = services.mapValues { $0.after.compactMap(\.name) }
        for (name, job) in jobs where job.at.contains(.start) { needs[name] = job.after.compactMap(\.name) }
        var order: [String] = []
        var waiting = needs.keys.sorted()
        while !waiting.isEmpty {
            let ready = waiting.filter { name in
                needs[name, default: []].allSatisfy { order.contains($0) || needs[$0] == nil }
            }
            guard !ready.isEmpty else { return order + waiting }
            order += ready
            waiting.removeAll { ready.contains($0) }
        }
        return order
    }
}
