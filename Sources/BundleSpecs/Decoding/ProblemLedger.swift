// SPDX-License-Identifier: Apache-2.0
import YAMLDocuments

/// Collects what is wrong while a document is decoded, so that decoding goes on and everything is reported at once.
final class ProblemLedger {
    private(set) var problems: [SpecProblem] = []

    func report(_ place: Place, _ kind: SpecProblem.Kind) {
        let problem = SpecProblem(place, kind)
        if !problems.contains(problem) { problems.append(problem) }
    }

    func wrongType(_ node: YAMLNode, _ path: String, _ expected: SpecProblem.Expectation) {
        report(node.place, .wrongType(path: path, expected: expected, found: ProblemLedger.type(of: node)))
    }

    func badText(_ node: YAMLNode, _ path: String, _ expected: SpecProblem.Expectation) {
        report(node.place, .badText(path: path, text: node.scalar?.text ?? "", expected: expected))
    }

    private static func type(of node: YAMLNode) -> String {
        switch node.content {
        case .mapping: "mapping"
        case .sequence: "list"
        case .scalar(let scalar):
            switch scalar.value {
            case .null: "null"
            case .bool: "boolean"
            case .int: "integer"
            case .float: "number"
            case .string: "text"
            }
        }
    }
}
