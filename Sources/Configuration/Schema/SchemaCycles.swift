// SPDX-License-Identifier: Apache-2.0

/// Finds schemas that apply to the same value again and again: `{"$ref": "#"}`. Going down into the value is fine,
/// a value ends; staying on it is a loop.
struct SchemaCycles {
    private enum Mark { case open, closed }

    let nodes: [ValueSchema.Node]

    /// The first node of a loop, nil when there is none.
    var first: Int? {
        var marks: [Int: Mark] = [:]
        for index in nodes.indices {
            if let found = visit(index, &marks) { return found }
        }
        return nil
    }

    private func visit(_ index: Int, _ marks: inout [Int: Mark]) -> Int? {
        switch marks[index] {
        case .closed: return nil
        case .open: return index
        case nil: break
        }
        marks[index] = .open
        for next in inPlace(nodes[index]) {
            if let found = visit(next, &marks) { return found }
        }
        marks[index] = .closed
        return nil
    }

    private func inPlace(_ node: ValueSchema.Node) -> [Int] {
        node.rules.flatMap { rule -> [Int] in
            switch rule {
            case .all(let nodes), .any(let nodes), .one(let nodes): nodes
            case .not(let node), .reference(let node): [node]
            case .conditional(let condition, let then, let otherwise):
                [condition] + [then, otherwise].compactMap { $0 }
            default: []
            }
        }
    }
}
