// SPDX-License-Identifier: Apache-2.0
import YAMLDocuments

extension YAMLError: Explained {
    var explanation: Explanation {
        let (message, hint): (String, String?) =
            switch self {
            case .tooLarge(let file, let bytes): ("\(file): \(bytes) bytes; at most 4 MiB are read", nil)
            case .notUTF8(let file, let offset): ("\(file): byte \(offset) is not UTF-8", "save the file as UTF-8")
            case .syntax(_, let problem): (problem, nil)
            case .manyDocuments: ("a second document begins here", "one file holds one document")
            case .anchor: ("anchors and aliases are not read", "write the value out where it is needed")
            case .tag(_, let tag): ("the tag \(tag) is not read", nil)
            case .tooDeep: ("it is nested too deep", nil)
            case .duplicateKey(_, let key, let first):
                ("the key \(key) stands twice; it is at line \(first.line) already", nil)
            case .complexKey: ("a key must be a single word or text", nil)
            }
        return Explanation(place.map { "\($0): \(message)" } ?? message, hint: hint, status: .specWrong)
    }
}
