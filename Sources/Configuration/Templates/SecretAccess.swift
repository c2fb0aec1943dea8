// SPDX-License-Identifier: Apache-2.0

/// What `secret("ID")` stands for.
package enum SecretAccess: Sendable {
    /// An error: in an argument, a variable, or a file that others may read.
    case refused
    /// A text that only names the secret: previews.
    case placeholders
    /// Their contents by ID, of those that the site provides. Never printed, and no part of a problem.
    case contents([String: [UInt8]])

    enum Outcome {
        case text(String)
        case fault(TemplateProblem.Fault)
    }

    /// The text of a declared secret. A line feed at the end of its file is the editor's, not the secret's: it is left out,
    /// as it is of a secret in the environment.
    func text(of id: String) -> Outcome {
        switch self {
        case .refused: return .fault(.secretRefused)
        case .placeholders: return .text("<secret \(id)>")
        case .contents(let contents):
            guard var bytes = contents[id] else { return .fault(.secretAbsent(id)) }
            while bytes.last == 0x0a { bytes.removeLast() }
            guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
                return .fault(.secretNotText(id))
            }
            return .text(text)
        }
    }
}
