// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// The names that a spec declares, read before anything that may refer to them.
struct Declarations {
    private var names: [SpecProblem.Declared: [String]] = [:]
    private let ledger: ProblemLedger

    init(_ root: Section) {
        ledger = root.ledger
        let kinds: [(String, SpecProblem.Declared)] = [
            ("services", .service), ("jobs", .job), ("config", .config), ("secrets", .secret), ("images", .image),
            ("networks", .network), ("roles", .role),
        ]
        for (key, kind) in kinds { names[kind] = root[key]?.mapping?.map(\.name) ?? [] }
    }

    func contains(_ name: String, _ kind: SpecProblem.Declared) -> Bool { names[kind, default: []].contains(name) }

    /// Reports a name that no declaration of the kind has.
    @discardableResult
    func check(_ name: String, _ kind: SpecProblem.Declared, at place: Place, also more: [String] = []) -> Bool {
        let known = names[kind, default: []] + more
        if known.contains(name) { return true }
        let nearest = NearestName.of(name, among: known)
        ledger.report(place, .unknownReference(kind, name: name, nearest: nearest))
        return false
    }
}
