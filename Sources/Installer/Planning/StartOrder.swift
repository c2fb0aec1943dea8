// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Services in dependency order: what one waits for comes before it; equals by name, so that plans never vary.
package enum StartOrder {
    /// - Returns: all names; a cycle, which `lint` and the manifest's checks refuse, ends up last in name order.
    package static func of(_ services: [String: Service]) -> [String] {
        var order: [String] = []
        var waiting = services.keys.sorted()
        while !waiting.isEmpty {
            let ready = waiting.filter { name in
                let needs = services[name]?.after.compactMap(\.serviceName) ?? []
                return needs.allSatisfy { order.contains($0) || services[$0] == nil }
            }
            guard !ready.isEmpty else { return order + waiting }
            order += ready
            waiting.removeAll { ready.contains($0) }
        }
        return order
    }
}

extension Dependency {
    /// The service waited for; nil for a unit of the host.
    package var serviceName: String? {
        if case .service(let name) = self { name } else { nil }
    }
}
