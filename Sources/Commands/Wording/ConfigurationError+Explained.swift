// SPDX-License-Identifier: Apache-2.0
import Configuration
import YAMLDocuments

extension ConfigurationError: Explained {
    var explanation: Explanation {
        switch self {
        case .schema(let faults):
            Explanation(
                Self.list(faults.map { "schema \($0.pointer): \($0.reason.words)" }, "the values' schema is wrong"),
                hint: "docs/values.md lists the keywords that are checked", status: .specWrong)
        case .values(let problems):
            Explanation(
                Self.list(problems.map(\.words), "the values do not fit the release's schema"),
                hint: "`bundle values BUNDLE` prints what a site may set", status: .specWrong)
        case .template(let problems):
            Explanation(
                Self.list(problems.map(\.words), "templates cannot be rendered"),
                hint: "docs/values.md lists the names and filters; `default` allows a name to be missing",
                status: .specWrong)
        case .patterns(let problems):
            Explanation(
                Self.list(
                    problems.map { "\($0.place): the pattern \($0.source) \($0.fault.words)" }, "log checks are wrong"),
                hint: "docs/values.md lists what a pattern may hold", status: .specWrong)
        }
    }

    /// One problem is the message; several follow it, a line each.
    private static func list(_ problems: [String], _ headline: String) -> String {
        problems.count == 1 ? problems[0] : ([headline] + problems.map { "  " + $0 }).joined(separator: "\n")
    }
}

extension SchemaFault.Reason {
    var words: String {
        switch self {
        case .unsupportedKeyword(let keyword, let nearest):
            "\(keyword) is not a keyword that is checked here\(nearest.didYouMean)"
        case .badArgument(let keyword, let expected): "\(keyword) takes a \(expected)"
        case .badPattern(let pattern, let fault): "the pattern \(pattern) \(fault.words)"
        case .foreignReference(let target): "$ref \(target) leads out of this document"
        case .danglingReference(let target): "$ref \(target) leads nowhere"
        case .endlessReference: "its references lead back to it"
        case .unsupportedDialect(let dialect): "\(dialect) is not draft 2020-12"
        case .tooDeep: "it is more than 64 levels deep"
        }
    }
}

extension PatternFault {
    var words: String {
        switch self {
        case .unclosed(let character): "has a \(character) that is never closed"
        case .unexpected(let character): "has a \(character) where none may stand"
        case .endsInside: "ends too early"
        case .badRange: "has a range that holds nothing"
        case .unsupported(let part): "has \(part), which is not supported"
        case .tooLarge: "is too large"
        }
    }
}

extension ValueProblem {
    var words: String {
        (place.map { "\($0): " } ?? "") + violation.words
    }
}

extension ValueViolation {
    var words: String {
        let name = path.steps.isEmpty ? "values" : path.description
        return switch fault {
        case .unknownKey(_, let nearest): "\(name) is not a value of this release\(nearest.didYouMean)"
        case .missing(let key): "\(path.appending(key)) is required"
        default: "\(name) \(fault.words)"
        }
    }
}

extension ValueViolation.Fault {
    var words: String {
        switch self {
        case .wrongType(let expected, let found): "must be of type \(expected.joined(separator: " or ")), not \(found)"
        case .notAmong(let values): "must be one of \(values.map(\.json).joined(separator: ", "))"
        case .notEqual(let value): "must be \(value.json)"
        case .missing(let key), .unknownKey(let key, _): key
        case .badKey(_, let reasons):
            "is a key that may not be: it \(reasons.map(\.fault.words).joined(separator: ", "))"
        case .forbidden: "may not be given"
        case .duplicateItems(let first, let second): "has the same item twice, at \(first) and \(second)"
        case .size(let measure, let bound, let size, let found):
            "must have at \(bound == .minimum ? "least" : "most") \(size) \(measure.rawValue), and has \(found)"
        case .noMatch(let pattern): "does not match \(pattern)"
        case .outOfRange(let limit, let bound): "must be \(limit.words) \(Value.number(bound).shortText)"
        case .notMultiple(let divisor): "must be a multiple of \(Value.number(divisor).shortText)"
        case .noAlternative(let alternatives): "fits none of: \(Self.words(alternatives))"
        case .notExactlyOne(_, let matching, let alternatives):
            matching.isEmpty
                ? "fits none of: \(Self.words(alternatives))"
                : "fits \(matching.count) alternatives of which exactly one must hold"
        case .excluded(let pointer): "is what \(pointer) of the schema excludes"
        case .tooComplex: "cannot be checked: the schema asks for too much work"
        }
    }

    private static func words(_ alternatives: [[ValueViolation]]) -> String {
        alternatives.map { $0.map(\.words).joined(separator: " and ") }.joined(separator: "; ")
    }
}

extension Limit {
    var words: String {
        switch self {
        case .minimum: "at least"
        case .maximum: "at most"
        case .exclusiveMinimum: "more than"
        case .exclusiveMaximum: "less than"
        }
    }
}

extension Value {
    /// A whole number without its point.
    fileprivate var shortText: String {
        if case .number(let number) = self, let integer = Int(exactly: number) { return String(integer) }
        return json
    }
}

extension String? {
    fileprivate var didYouMean: String { map { "; did you mean \($0)?" } ?? "" }
}
