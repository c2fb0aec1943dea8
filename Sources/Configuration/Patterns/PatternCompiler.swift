// SPDX-License-Identifier: Apache-2.0

/// Turns a pattern's tree into the instructions of a Thompson machine.
struct PatternCompiler {
    private(set) var program: [Pattern.Instruction] = []

    mutating func append(_ instruction: Pattern.Instruction) throws(PatternFault) {
        guard program.count < Pattern.maximumInstructions else { throw .tooLarge }
        program.append(instruction)
    }

    mutating func emit(_ tree: PatternTree) throws(PatternFault) {
        switch tree {
        case .empty: break
        case .scalar(let set): try append(.scalar(set))
        case .start: try append(.start)
        case .end: try append(.end)
        case .boundary(let wanted): try append(.boundary(wanted))
        case .sequence(let parts): for part in parts { try emit(part) }
        case .choice(let branches): try emit(choice: branches)
        case .loop(let body, let minimum, let maximum): try emit(loop: body, minimum, maximum)
        }
    }

    private mutating func emit(choice branches: [PatternTree]) throws(PatternFault) {
        var exits: [Int] = []
        for (index, branch) in branches.enumerated() {
            guard index < branches.count - 1 else {
                try emit(branch)
                break
            }
            let split = program.count
            try append(.match)
            try emit(branch)
            exits.append(program.count)
            try append(.match)
            program[split] = .split(split + 1, program.count)
        }
        for exit in exits { program[exit] = .jump(program.count) }
    }

    private mutating func emit(loop body: PatternTree, _ minimum: Int, _ maximum: Int?) throws(PatternFault) {
        for _ in 0..<minimum { try emitCopy(body) }
        guard let maximum else {
            let split = program.count
            try append(.match)
            try emit(body)
            try append(.jump(split))
            program[split] = .split(split + 1, program.count)
            return
        }
        var splits: [Int] = []
        for _ in minimum..<maximum {
            splits.append(program.count)
            try append(.match)
            try emit(body)
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
    }

    /// `(){99999}` would copy nothing for ever: a copy that adds no instruction still counts against the ceiling.
    private mutating func emitCopy(_ body: PatternTree) throws(PatternFault) {
        let before = program.count
        try emit(body)
        if program.count == before { try append(.jump(before + 1)) }
    }
}
