// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// Advice that somebody pastes into a root shell, about names that somebody else chose.
enum PastedCommand {
    /// One word of a POSIX shell; nil where it would not show what it is: control characters, and those that turn a line
    /// around.
    static func word(_ text: String) -> String? {
        let isShown = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: false
            default: true
            }
        }
        guard isShown else { return nil }
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2b...0x2f, 0x3a, 0x3d, 0x40, 0x5f: true
            default: false
            }
        }
        if isPlain, !text.isEmpty, !text.hasPrefix("-") { return text }
        // Within single quotes everything is itself but their end.
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// What is taken away, by the least that does it: nobody removes a tree because of advice about a file.
    enum Removal: String {
        case file = "rm"
        case emptyDirectory = "rmdir"
        case tree = "rm -r"
    }

    /// - Parameter then: ` && systemctl daemon-reload`.
    static func remove(_ path: HostPath, _ removal: Removal = .file, then: String = "") -> String {
        guard let word = word(path.text) else {
            return "its name cannot be typed: look at it with `ls -b`, and take it away"
        }
        return "\(removal.rawValue) \(word)\(then)"
    }
}
