// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// Jobs, and the order in which they and the services start.
extension SpecDecoder {
    func jobs(_ services: [String: Service]) -> [String: Job] {
        var jobs: [String: Job] = [:]
        for pair in root.entries("jobs", grammar: .name) {
            let path = "jobs.\(pair.name)"
            if let first = root["services"]?.mapping?.first(where: { $0.name == pair.name }) {
                // They share the names of units.
                ledger.report(pair.key.place, .duplicate(.service, name: pair.name, first: first.key.place))
            }
            let section = Section(pair.value, .job, path: path, ledger, fallback: pair.key.place)
            jobs[pair.name] = JobDecoder(section: section, declared: declared, services: services).decode()
        }
        checkWaits(services, jobs)
        checkOrder(services, jobs)
        return jobs
    }

    /// `roles: { app: "APIs and front end" }`: name → what it is about.
    func names(_ key: String) -> [String: String] {
        var names: [String: String] = [:]
        for pair in root.entries(key, grammar: .name) {
            if Port.Exposure.reserved.contains(pair.name) { ledger.badText(pair.key, key, .name) }
            guard let about = pair.value.string, Grammar.isLine(about) else {
                ledger.wrongType(pair.value, "\(key).\(pair.name)", .text)
                continue
            }
            names[pair.name] = about
        }
        return names
    }

    private func node(_ name: String) -> YAMLNode.Pair? {
        ["services", "jobs"].lazy.compactMap { root[$0]?.mapping?.first { $0.name == name } }.first
    }

    /// Nothing may wait for a job that runs when everything has long started.
    private func checkWaits(_ services: [String: Service], _ jobs: [String: Job]) {
        let waits = services.mapValues(\.after).merging(jobs.mapValues(\.after)) { first, _ in first }
        for (name, after) in waits {
            for case .job(let other) in after where jobs[other]?.at.contains(.start) == false {
                guard let pair = node(name) else { continue }
                ledger.report(
                    pair.value["after"]?.place ?? pair.key.place,
                    .contradiction(path: name, .waitsForLaterJob(other)))
            }
        }
    }

    /// Services and jobs start in the order of `after`; a circle has none.
    private func checkOrder(_ services: [String: Service], _ jobs: [String: Job]) {
        let waits = services.mapValues(\.after).merging(jobs.mapValues(\.after)) { first, _ in first }
        let after = waits.mapValues { $0.compactMap(\.name).filter { waits[$0] != nil } }
        var done: Set<String> = []
        // What waits for a circle without being in it is not to blame: nothing in a circle waits for it.
        var rest = after
        while true {
            let ready = rest.filter { $0.value.allSatisfy(done.contains) }.keys
            let wanted = Set(rest.values.joined())
            let unwanted = rest.keys.filter { !wanted.contains($0) }
            guard !ready.isEmpty || !unwanted.isEmpty else { break }
            done.formUnion(ready)
            for name in Set(ready).union(unwanted) { rest[name] = nil }
        }
        let blamed = rest.keys.compactMap { name in node(name).map { $0.value["after"]?.place ?? $0.key.place } }
        if let first = blamed.min() { ledger.report(first, .cycle(rest.keys.sorted())) }
    }
}
