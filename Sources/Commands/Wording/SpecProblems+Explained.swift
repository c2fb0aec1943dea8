// SPDX-License-Identifier: Apache-2.0
import BundleSpecs
import YAMLDocuments

extension SpecProblems: Explained {
    var explanation: Explanation {
        let lines = problems.map { "\($0.place): \($0.words)" }
        return Explanation(lines.joined(separator: "\n"), hint: "docs/spec.md lists every key", status: .specWrong)
    }
}

extension SpecProblem {
    /// What is wrong, without its place.
    var words: String {
        switch fault {
        case .unknownKey(let key, let nearest): "there is no key \(key)" + Self.suggestion(nearest)
        case .missingKey(let key): "the key \(key) is missing"
        case .wrongType(let expected): "\(expected) is expected here"
        case .badValue(let text, let expected): text.isEmpty ? "expected \(expected)" : "\(text): expected \(expected)"
        case .unknownReference(let kind, let name, let nearest):
            "no \(kind) \(name) is declared" + Self.suggestion(nearest)
        case .duplicate(let what): "\(what) stand for the same"
        case .dependencyCycle(let names): "these wait for each other: " + names.joined(separator: " -> ")
        case .contradiction(let text): text
        case .notBuiltYet(let key): "\(key) is in the grammar, but this version does not build it yet"
        }
    }

    private static func suggestion(_ nearest: String?) -> String { nearest.map { "; did you mean \($0)?" } ?? "" }
}
