// SPDX-License-Identifier: Apache-2.0

/// Services and jobs start in the order of `after`; a circle has none (format §7.6).
enum OrderRules {
    static func check(_ manifest: Manifest) throws(ManifestFault) {
        var needs = manifest.services.mapValues { $0.after.compactMap(\.name) }
        for (name, job) in manifest.jobs { needs[name] = job.after.compactMap(\.name) }
        var done: Set<String> = []
        var rest = needs.keys.sorted()
        while !rest.isEmpty {
            let ready = rest.filter { needs[$0, default: []].allSatisfy(done.contains) }
            guard !ready.isEmpty else { throw .dependencyCycle(rest) }
            done.formUnion(ready)
            rest.removeAll(where: done.contains)
        }
    }
}

extension Dependency {
    /// The service or job of this release that is waited for; nil for a unit of the host.
    package var name: String? {
        switch self {
        case .service(let name), .job(let name): name
        case .unit: nil
        }
    }

    /// The unit of the host that is waited for.
    package var unitName: String? {
        if case .unit(let name) = self { name } else { nil }
    }
}
