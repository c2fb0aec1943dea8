// SPDX-License-Identifier: Apache-2.0

/// Renders nodes, and goes on after a problem so that all of them are found in one pass.
struct TemplateEvaluator {
    private(set) var output: [UInt8] = []
    private(set) var problems: [TemplateProblem] = []
    private var scope: TemplateScope
    private let file: String
    private var steps = 0

    private let secrets: SecretAccess

    init(file: String, context: Value, secrets: SecretAccess) {
        self.file = file
        self.secrets = secrets
        scope = TemplateScope(context: context)
    }

    mutating func render(_ nodes: [TemplateNode]) {
        for node in nodes {
            guard spend(at: TemplatePlace(line: 1, column: 1)) else { return }
            switch node {
            case .text(let text): output += text
            case .output(let expression, let place): write(expression, place)
            case .conditional(let branches): conditional(branches)
            case .loop(let loop): self.loop(loop)
            }
        }
    }

    /// Counts work; false once the ceiling is passed, which is reported once.
    private mutating func spend(at place: TemplatePlace) -> Bool {
        steps += 1
        guard steps <= TemplateRenderer.maximumSteps, output.count <= TemplateRenderer.maximumOutputBytes else {
            if !problems.contains(where: { $0.fault == .tooMuchWork }) { report(.tooMuchWork, place) }
            return false
        }
        return true
    }

    private mutating func report(_ fault: TemplateProblem.Fault, _ place: TemplatePlace) {
        let problem = TemplateProblem(file: file, line: place.line, column: place.column, fault: fault)
        // In a loop one place says the same at each turn.
        if !problems.contains(problem) { problems.append(problem) }
    }

    private mutating func write(_ expression: TemplateExpression, _ place: TemplatePlace) {
        guard let value = evaluate(expression) else { return }
        if let text = value.scalarText {
            output += text.utf8
        } else {
            report(.notPrintable(type: value.typeName), place)
        }
    }

    private mutating func conditional(_ branches: [TemplateNode.Branch]) {
        for branch in branches {
            guard let condition = branch.condition else { return render(branch.body) }
            guard let value = evaluate(condition) else {
                // What the condition asks about is missing: look into every branch for more that is.
                return branches.forEach { render($0.body) }
            }
            if value.isTrue { return render(branch.body) }
        }
    }

    private mutating func loop(_ loop: TemplateNode.Loop) {
        guard let value = evaluate(loop.list) else {
            return turn(loop, Dictionary(loop.names.map { ($0, nil) }) { first, _ in first }, index: 0, count: 1)
        }
        let turns: [[String: Value?]]
        switch (value, loop.names.count) {
        case (.list(let list), 1): turns = list.map { [loop.names[0]: $0] }
        case (.map(let map), 1): turns = map.keys.map { [loop.names[0]: .text($0)] }
        case (.map(let map), 2): turns = map.entries.map { [loop.names[0]: .text($0.key), loop.names[1]: $0.value] }
        default: return report(.notIterable(type: value.typeName), loop.place)
        }
        for (index, names) in turns.enumerated() {
            guard spend(at: loop.place) else { return }
            turn(loop, names, index: index, count: turns.count)
        }
        if turns.isEmpty { render(loop.empty) }
    }

    private mutating func turn(_ loop: TemplateNode.Loop, _ names: [String: Value?], index: Int, count: Int) {
        var names = names
        names["forloop"] = .some([
            "first": .bool(index == 0), "last": .bool(index == count - 1), "counter": .integer(index + 1),
            "counter0": .integer(index), "length": .integer(count),
        ])
        scope.push(names)
        render(loop.body)
        scope.pop()
    }

    /// - Returns: nil when something in it was missing, and is reported.
    private mutating func evaluate(_ expression: TemplateExpression) -> Value? {
        switch expression {
        case .literal(let value): return value
        case .name(let name): return lookUp(name)
        case .filter(let input, let call): return apply(call, to: input)
        case .not(let operand): return evaluate(operand).map { .bool(!$0.isTrue) }
        case .and(let left, let right):
            guard let first = evaluate(left) else {
                _ = evaluate(right)
                return nil
            }
            return first.isTrue ? evaluate(right) : first
        case .or(let left, let right):
            guard let first = evaluate(left) else {
                _ = evaluate(right)
                return nil
            }
            return first.isTrue ? first : evaluate(right)
        case .comparison(let left, let comparison, let right, let place):
            guard let first = evaluate(left), let second = evaluate(right) else { return nil }
            if let isTrue = comparison.holds(first, second) { return .bool(isTrue) }
            report(.notComparable(first.typeName, second.typeName), place)
            return nil
        case .secret(let name): return secret(name)
        case .choice(let value, let condition, let otherwise):
            return evaluate(condition).flatMap { $0.isTrue ? evaluate(value) : evaluate(otherwise) }
        }
    }

    private mutating func lookUp(_ name: TemplateName) -> Value? {
        switch scope.resolve(name) {
        case .found(let value): return value
        case .alreadyReported: return nil
        case .undefined(let nearest):
            report(.undefined(name: name.path.description, nearest: nearest), name.place)
            return nil
        }
    }

    private mutating func secret(_ name: TemplateName) -> Value? {
        // One that is not declared is an error wherever it stands.
        guard lookUp(name) != nil, case .key(let id) = name.steps.first else { return nil }
        switch secrets.text(of: id) {
        case .text(let text): return .text(text)
        case .fault(let fault):
            report(fault, name.place)
            return nil
        }
    }

    private mutating func apply(_ call: TemplateExpression.FilterCall, to input: TemplateExpression) -> Value? {
        // The one way to say that something may be missing; a null counts as missing.
        if call.name == .default, case .name(let name) = input {
            switch scope.resolve(name) {
            case .alreadyReported: return nil
            case .found(let value) where value != .null: return value
            default: return evaluate(call.arguments[0])
            }
        }
        guard let value = evaluate(input) else { return nil }
        if call.name == .default { return value == .null ? evaluate(call.arguments[0]) : value }
        var arguments: [Value] = []
        for argument in call.arguments {
            guard let argument = evaluate(argument) else { return nil }
            arguments.append(argument)
        }
        guard let result = call.name.apply(to: value, arguments) else {
            report(.badFilterInput(filter: call.name.rawValue, type: value.typeName), call.place)
            return nil
        }
        return result
    }
}
