// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// One mapping of a document beside the table of its keys. Making one reports unknown, missing and not yet built keys.
struct Section {
    let place: Place
    /// As a person would name it: `services.gateway.ports.http`.
    let path: String
    let ledger: ProblemLedger
    private let pairs: [YAMLNode.Pair]

    init(_ node: YAMLNode?, _ table: SpecTable, path: String, _ ledger: ProblemLedger, fallback: Place) {
        self.path = path
        self.ledger = ledger
        place = node?.place ?? fallback
        pairs = node?.mapping ?? []
        guard let node else { return }
        guard node.mapping != nil else {
            ledger.wrongType(node, path, .mapping)
            return
        }
        for pair in pairs {
            if let key = table.key(pair.name) {
                if !key.isBuilt { ledger.report(pair.key.place, .notBuiltYet(key: below(key.name))) }
            } else {
                let nearest = NearestName.of(pair.name, among: table.keys.map(\.name))
                ledger.report(pair.key.place, .unknownKey(pair.name, path: path, nearest: nearest))
            }
        }
        for key in table.keys where key.isRequired && self[key.name] == nil {
            ledger.report(node.place, .missingKey(key.name, path: path))
        }
    }

    /// nil also for a key with nothing behind it: `env:` alone is no environment.
    subscript(_ key: String) -> YAMLNode? {
        pairs.first { $0.name == key }.map(\.value)
    }

    func has(_ key: String) -> Bool { self[key] != nil }

    func below(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// The place of a value, for complaints about it; the section's own when it is not there.
    func place(of key: String) -> Place { self[key]?.place ?? place }

    func report(_ key: String, _ kind: SpecProblem.Kind) { ledger.report(place(of: key), kind) }

    func section(_ key: String, _ table: SpecTable) -> Section {
        Section(self[key], table, path: below(key), ledger, fallback: place)
    }

    /// The named entries below a key, each name checked against a grammar.
    func entries(_ key: String, grammar: SpecProblem.Expectation = .identifier) -> [YAMLNode.Pair] {
        guard let node = self[key] else { return [] }
        guard let pairs = node.mapping else {
            ledger.wrongType(node, below(key), .mapping)
            return []
        }
        for pair in pairs where !grammar.allows(pair.name) { ledger.badText(pair.key, below(key), grammar) }
        return pairs
    }

    /// The elements below a key.
    func elements(_ key: String) -> [YAMLNode] {
        guard let node = self[key] else { return [] }
        guard let nodes = node.sequence else {
            ledger.wrongType(node, below(key), .list)
            return []
        }
        return nodes
    }
}

extension SpecProblem.Expectation {
    /// Whether a name fits a grammar of names; true for grammars that are not about names.
    func allows(_ name: String) -> Bool {
        switch self {
        case .name: ReleaseName(name) != nil
        case .identifier: Grammar.isIdentifier(name)
        case .variable: Grammar.isVariable(name)
        case .releasePath: ReleasePath(name) != nil
        case .line: Grammar.isLine(name)
        case .dottedName: name.split(separator: ".", maxSplits: 1).count == 2
        case .hostAddress: Grammar.isHostAddress(name)
        case .fingerprint: name.utf8.count == 32 && name == name.lowercased() && Hexadecimal.decode(name.utf8) != nil
        default: true
        }
    }
}
