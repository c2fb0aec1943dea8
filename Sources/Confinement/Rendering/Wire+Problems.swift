// SPDX-License-Identifier: Apache-2.0
import Configuration

extension WireWriter {
    mutating func put(_ problems: [TemplateProblem]) {
        for problem in problems {
            put(Int64(problem.line))
            put(Int64(problem.column))
            let (number, texts) = problem.fault.parts
            put(number)
            put(UInt32(texts.count))
            for text in texts { put(text) }
        }
    }
}

extension WireReader {
    /// - Parameter file: what problems call the template; a child does not say.
    mutating func problems(of file: String) -> [TemplateProblem]? {
        var problems: [TemplateProblem] = []
        while !isAtEnd {
            guard let line = number(Int64.self), let column = number(Int64.self), let kind = number(UInt8.self),
                let count = count()
            else { return nil }
            var texts: [String] = []
            for _ in 0..<count {
                guard let text = text() else { return nil }
                texts.append(text)
            }
            guard line > 0, column > 0, let fault = TemplateProblem.Fault(kind, texts) else { return nil }
            problems.append(TemplateProblem(file: file, line: Int(line), column: Int(column), fault: fault))
        }
        return problems.isEmpty ? nil : problems
    }
}

extension TemplateProblem.Fault {
    /// A number for the kind, and its texts; one that is absent comes last.
    fileprivate var parts: (UInt8, [String]) {
        switch self {
        case .undefined(let name, let nearest): (0, [name] + [nearest].compactMap { $0 })
        case .notPrintable(let type): (1, [type])
        case .notIterable(let type): (2, [type])
        case .notComparable(let left, let right): (3, [left, right])
        case .badFilterInput(let filter, let type): (4, [filter, type])
        case .badFilterArguments(let filter): (5, [filter])
        case .unknownFilter(let name, let nearest): (6, [name] + [nearest].compactMap { $0 })
        case .unknownTag(let name, let nearest): (7, [name] + [nearest].compactMap { $0 })
        case .unclosed(let text): (8, [text])
        case .unexpectedTag(let text): (9, [text])
        case .unexpected(let text): (10, [text])
        case .expected(let text): (11, [text])
        case .secretRefused: (12, [])
        case .secretAbsent(let id): (13, [id])
        case .secretNotText(let id): (14, [id])
        case .notBuilt(let text): (15, [text])
        case .notUTF8: (16, [])
        case .controlCharacter(let byte): (17, ["\(byte)"])
        case .tooLarge: (18, [])
        case .tooDeep: (19, [])
        case .tooMuchWork: (20, [])
        }
    }

    fileprivate init?(_ number: UInt8, _ texts: [String]) {
        switch (number, texts.count) {
        case (0, 1), (0, 2): self = .undefined(name: texts[0], nearest: texts.dropFirst().first)
        case (1, 1): self = .notPrintable(type: texts[0])
        case (2, 1): self = .notIterable(type: texts[0])
        case (3, 2): self = .notComparable(texts[0], texts[1])
        case (4, 2): self = .badFilterInput(filter: texts[0], type: texts[1])
        case (5, 1): self = .badFilterArguments(filter: texts[0])
        case (6, 1), (6, 2): self = .unknownFilter(texts[0], nearest: texts.dropFirst().first)
        case (7, 1), (7, 2): self = .unknownTag(texts[0], nearest: texts.dropFirst().first)
        case (8, 1): self = .unclosed(texts[0])
        case (9, 1): self = .unexpectedTag(texts[0])
        case (10, 1): self = .unexpected(texts[0])
        case (11, 1): self = .expected(texts[0])
        case (12, 0): self = .secretRefused
        case (13, 1): self = .secretAbsent(texts[0])
        case (14, 1): self = .secretNotText(texts[0])
        case (15, 1): self = .notBuilt(texts[0])
        case (16, 0): self = .notUTF8
        case (17, 1):
            guard let byte = UInt8(texts[0]) else { return nil }
            self = .controlCharacter(byte)
        case (18, 0): self = .tooLarge
        case (19, 0): self = .tooDeep
        case (20, 0): self = .tooMuchWork
        default: return nil
        }
    }
}
