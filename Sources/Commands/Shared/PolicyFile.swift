// SPDX-License-Identifier: Apache-2.0
import BundleSpecs
import HostSystem
import YAMLDocuments

/// `/etc/bundle/policy.yaml` (trust §7). A host without one demands what its trust root demands and no more.
enum PolicyFile {
    static let path: HostPath = "/etc/bundle/policy.yaml"
    private static let limit = 64 << 10

    /// - Throws: `PolicyFileError`, `YAMLError`.
    static func load() throws -> HostPolicy {
        guard let status = try FileSystem.status(path) else { return HostPolicy() }
        guard status.user == 0, status.permissions & 0o022 == 0 else {
            throw PolicyFileError.writableByOthers(path: path.text)
        }
        let bytes = try FileSystem.readAll(path, limit: limit)
        // Cut short by a full disk or a copy: who demands nothing says so, if only by a comment.
        if bytes.allSatisfy({ $0 <= 0x20 }) { throw PolicyFileError.empty(path: path.text) }
        let document = try YAMLDocument.parse(bytes, file: path.text)
        do { return try HostPolicy.decode(document) } catch { throw PolicyFileError.notUnderstood(error) }
    }
}

/// A policy by which nothing comes in.
enum PolicyFileError: Error {
    case notUnderstood(SpecProblems)
    case writableByOthers(path: String)
    case empty(path: String)
}

extension PolicyFileError: Explained {
    var explanation: Explanation {
        switch self {
        case .notUnderstood(let problems):
            var words = problems.explanation
            words.hint = "bundle-spec/policy.yaml is an annotated policy; docs/trust.md section 7 has every key"
            return words
        case .empty(let path):
            return Explanation(
                "\(path) is empty, so what it demanded is not known",
                hint: "bring it back from a backup; a policy that demands nothing is a comment, or no file",
                status: .specWrong)
        case .writableByOthers(let path):
            return Explanation(
                "\(path) is not root's alone, so nothing comes in by it",
                hint: "find out who changed it; then `chown root:root` and `chmod 644`", status: .refusedByTrust)
        }
    }
}
