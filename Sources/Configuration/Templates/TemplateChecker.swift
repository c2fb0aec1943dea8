// SPDX-License-Identifier: Apache-2.0

/// Walks every branch of a template and finds the names that no site could ever give a value.
struct TemplateChecker {
    private(set) var problems: [TemplateProblem] = []
    private let file: String
    private let names: KnownNames
    private var loops: [[String: KnownNames.Shape]] = []

    private static let forloop = KnownNames.Shape.map(
        ["first": .scalar, "last": .scalar, "counter": .scalar, "counter0": .scalar, "length": .scalar], isOpen: false)

    init(file: String, names: KnownNames) {
        self.file = file
        self.names = names
    }

    mutating func check(_ nodes: [TemplateNode]) {
        for node in nodes {
            switch node {
            case .text: break
            case .output(let expression, let place):
                switch shape(of: expression) {
                case .list: report(.notPrintable(type: "array"), place)
                case .map: report(.notPrintable(type: "object"), place)
                default: break
                }
            case .conditional(let branches):
                for branch in branches {
                    if let condition = branch.condition { _ = shape(of: condition) }
                    check(branch.body)
                }
            case .loop(let loop): check(loop)
            }
        }
    }

    private mutating func check(_ loop: TemplateNode.Loop) {
        let list = shape(of: loop.list)
        let bound = list.element(names: loop.names)
        if bound == nil { report(.notIterable(type: list == .scalar ? "scalar" : "array"), loop.place) }
        var names = bound ?? Dictionary(loop.names.map { ($0, .any) }) { first, _ in first }
        names["forloop"] = Self.forloop
        loops.append(names)
        check(loop.body)
        loops.removeLast()
        check(loop.empty)
    }

    private mutating func report(_ fault: TemplateProblem.Fault, _ place: TemplatePlace) {
        problems.append(TemplateProblem(file: file, line: place.line, column: place.column, fault: fault))
    }

    private mutating func shape(of expression: TemplateExpression) -> KnownNames.Shape {
        switch expression {
        case .literal: return .scalar
        case .name(let name):
            if let shape = names.shape(of: name, in: loops) { return shape }
            report(.undefined(name: name.path.description, nearest: nearest(to: name)), name.place)
            return .any
        case .filter(let input, let call):
            for argument in call.arguments { _ = shape(of: argument) }
            if call.name == .default, case .name(let name) = input {
                return names.shape(of: name, in: loops) == .scalar ? .scalar : .any
            }
            let found = shape(of: input)
            return call.name == .default ? found : .scalar
        case .not(let operand):
            _ = shape(of: operand)
            return .scalar
        case .and(let left, let right), .or(let left, let right):
            let (left, right) = (shape(of: left), shape(of: right))
            return left == right ? left : .any
        case .comparison(let left, _, let right, _):
            _ = shape(of: left)
            _ = shape(of: right)
            return .scalar
        case .secret(let name):
            if !names.allowsSecrets { report(.secretRefused, name.place) }
            return shape(of: .name(name))
        case .choice(let value, let condition, let otherwise):
            _ = shape(of: condition)
            let (left, right) = (shape(of: value), shape(of: otherwise))
            return left == right ? left : .any
        }
    }

    /// Finds the first wrong part, and the known name nearest to it.
    private func nearest(to name: TemplateName) -> String? {
        let root = TemplateName(root: name.root, steps: [], place: name.place)
        guard var current = names.shape(of: root, in: loops) else {
            let known = Array(names.names.keys) + loops.flatMap(\.keys)
            return TemplateScope.suggestion(for: name, at: 0, among: known)
        }
        var index = 0
        while index < name.steps.count {
            guard let (shape, taken) = current.step(name.steps[index...]) else {
                return TemplateScope.suggestion(for: name, at: index + 1, among: current.keys)
            }
            (current, index) = (shape, index + taken)
        }
        return nil
    }
}
