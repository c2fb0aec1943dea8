// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// Typed values by key. Each gives nil for a key that is absent, and for a value that was reported.
extension Section {
    func text(_ key: String, _ expected: SpecProblem.Expectation = .line) -> String? {
        guard let node = self[key] else { return nil }
        guard let text = node.string else {
            ledger.wrongType(node, below(key), .text)
            return nil
        }
        guard !text.isEmpty, Grammar.isLine(text), expected.allows(text) else {
            ledger.badText(node, below(key), expected)
            return nil
        }
        return text
    }

    /// Any scalar but null, as it was written: `8G`, `65536`, `200%`.
    private func written(_ key: String, _ expected: SpecProblem.Expectation) -> (node: YAMLNode, text: String)? {
        guard let node = self[key] else { return nil }
        guard let scalar = node.scalar, scalar.value != .null else {
            ledger.wrongType(node, below(key), expected)
            return nil
        }
        return (node, scalar.text)
    }

    func integer(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        guard let node = self[key] else { return nil }
        guard let number = node.int else {
            ledger.wrongType(node, below(key), .integer)
            return nil
        }
        guard range.contains(number) else {
            ledger.report(node.place, .outOfRange(path: below(key), number: number, range: range))
            return nil
        }
        return number
    }

    func boolean(_ key: String) -> Bool? {
        guard let node = self[key] else { return nil }
        if node.bool == nil { ledger.wrongType(node, below(key), .boolean) }
        return node.bool
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, _ type: Choice.Type) -> Choice? {
        guard let text = text(key) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        report(key, .badText(path: below(key), text: text, expected: .oneOf(Choice.allCases.map(\.rawValue))))
        return nil
    }

    func span(_ key: String, least: Int = 0) -> TimeSpan? {
        guard let (node, text) = written(key, .timeSpan) else { return nil }
        guard let span = TimeSpan(text), span.milliseconds >= least else {
            ledger.badText(node, below(key), .timeSpan)
            return nil
        }
        return span
    }

    /// `512M`, `2G`, or bytes; the units are powers of 1024, as systemd's are.
    func bytes(_ key: String) -> Int64? {
        guard let (node, text) = written(key, .byteCount) else { return nil }
        let factors: [Character: Int64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        let factor = text.last.flatMap { factors[$0] }
        let number = Grammar.decimal((factor == nil ? text[...] : text.dropLast()).utf8)
        let product = number?.multipliedReportingOverflow(by: factor ?? 1)
        guard let product, !product.overflow, product.partialValue > 0 else {
            ledger.badText(node, below(key), .byteCount)
            return nil
        }
        return product.partialValue
    }

    func percentage(_ key: String) -> Int? {
        guard let (node, text) = written(key, .percentage) else { return nil }
        let number = text.hasSuffix("%") ? Grammar.decimal(text.dropLast().utf8) : nil
        guard let number, (1...1_000_000).contains(number) else {
            ledger.badText(node, below(key), .percentage)
            return nil
        }
        return Int(number)
    }

    /// What stands behind `>=`.
    func lowerBound<Bound>(_ key: String, _ read: (Substring) -> Bound?) -> Bound? {
        guard let (node, text) = written(key, .lowerBound) else { return nil }
        guard text.hasPrefix(">="), let bound = read(text.dropFirst(2).drop { $0 == " " }) else {
            ledger.badText(node, below(key), .lowerBound)
            return nil
        }
        return bound
    }

    func path(_ key: String) -> SourcePath? {
        self[key].flatMap { SourcePath.decode($0, below(key), ledger) }
    }

    /// A command: scalars as they are written, so that `--port 8080` needs no quotes.
    func command(_ key: String) -> [String]? {
        guard let node = self[key] else { return nil }
        guard let items = node.sequence, !items.isEmpty || key == "args" else {
            ledger.wrongType(node, below(key), .texts)
            return nil
        }
        let isShell = items.first?.string?.hasSuffix("sh") ?? false
        return items.compactMap { item in
            guard let scalar = item.scalar, scalar.value != .null else {
                ledger.wrongType(item, below(key), .argument)
                return nil
            }
            guard !scalar.text.contains("\0") else {
                ledger.badText(item, below(key), .argument)
                return nil
            }
            if !isShell, let name = Section.variable(in: scalar.text) {
                ledger.report(item.place, .advice(path: below(key), .unexpanded(name)))
            }
            return scalar.text
        }
    }

    /// `$HOME` or `${HOME}`, as a shell would read them.
    private static func variable(in text: String) -> String? {
        guard let dollar = text.firstIndex(of: "$") else { return nil }
        let name = text[text.index(after: dollar)...].drop { $0 == "{" }.prefix {
            $0 == "_" || $0.isLetter || $0.isNumber
        }
        return Grammar.isVariable(name) ? "$\(name)" : nil
    }

    /// A list of texts of one grammar, none twice.
    func texts(_ key: String, _ expected: SpecProblem.Expectation = .line) -> [(text: String, place: Place)] {
        var seen: [String: Place] = [:]
        return elements(key).compactMap { node in
            guard let text = node.string else {
                ledger.wrongType(node, below(key), .text)
                return nil
            }
            guard !text.isEmpty, Grammar.isLine(text), expected.allows(text) else {
                ledger.badText(node, below(key), expected)
                return nil
            }
            if let first = seen.updateValue(node.place, forKey: text) {
                ledger.report(node.place, .duplicate(.listItem, name: text, first: first))
                return nil
            }
            return (text, node.place)
        }
    }
}

extension SourcePath {
    static func decode(_ node: YAMLNode, _ path: String, _ ledger: ProblemLedger) -> SourcePath? {
        guard let text = node.string else {
            ledger.wrongType(node, path, .text)
            return nil
        }
        // `{{ arch }}` is all that may vary: the rest of a spec is the same for every bundle made of it.
        let variables = text.split(separator: "{{", omittingEmptySubsequences: false).dropFirst().map { part in
            part.firstRange(of: "}}").map { part[..<$0.lowerBound].filter { $0 != " " } }
        }
        guard !text.isEmpty, Grammar.isLine(text), variables.allSatisfy({ $0 == "arch" }) else {
            ledger.badText(node, path, .sourcePath)
            return nil
        }
        return SourcePath(text: text, place: node.place)
    }
}
