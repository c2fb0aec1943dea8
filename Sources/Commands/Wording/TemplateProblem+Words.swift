// SPDX-License-Identifier: Apache-2.0
import Configuration

extension TemplateProblem {
    var words: String { "\(file):\(line):\(column): \(fault.words)" }
}

extension TemplateProblem.Fault {
    var words: String {
        switch self {
        case .undefined(let name, let nearest): "\(name) is not defined\(Self.suggestion(nearest))"
        case .notPrintable(let type): "a value of type \(type) cannot be printed; use join or json, or default for null"
        case .notIterable(let type): "for cannot go through a value of type \(type)"
        case .notComparable(let left, let right): "\(left) and \(right) cannot be compared"
        case .badFilterInput(let filter, let type): "the filter \(filter) does not take a value of type \(type)"
        case .badFilterArguments(let filter): "the filter \(filter) has too many arguments, or too few"
        case .unknownFilter(let name, let nearest): "there is no filter \(name)\(Self.suggestion(nearest))"
        case .unknownTag(let name, let nearest): "there is no tag \(name)\(Self.suggestion(nearest))"
        case .unclosed(let opening): "\(opening) is never closed"
        case .unexpectedTag(let tag): "\(tag) may not stand here"
        case .unexpected(let text): "\(text) may not stand here"
        case .expected(let text): "\(text) is expected here"
        case .secretRefused: "secret() is for config files with sensitive: true"
        case .secretAbsent(let id):
            "the secret \(id) is not there; ask {% if secrets.\(id) %} before an optional one is used"
        case .secretNotText(let id): "the secret \(id) is no text, and cannot stand in a config file"
        case .notBuilt(let text): "\(text) is not built yet"
        case .notUTF8: "the template is not UTF-8"
        case .controlCharacter(let byte):
            "the result holds control character \(byte), and must be one line: look at the values it uses"
        case .tooLarge: "the template has more than 1 MiB"
        case .tooDeep: "it is nested too deep"
        case .tooMuchWork: "rendering takes too much work, or makes too large a file"
        }
    }

    private static func suggestion(_ nearest: String?) -> String { nearest.map { "; did you mean \($0)?" } ?? "" }
}
