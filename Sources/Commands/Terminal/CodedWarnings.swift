// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Synchronization

/// The warnings of this process that have a code, each of them once; they stand in its JSON answer, too (cli §4).
final class CodedWarnings: Sendable {
    static let shared = CodedWarnings()
    private let said = Mutex<[(code: String, message: String)]>([])

    /// - Returns: whether it is new.
    func add(_ code: String, _ message: String) -> Bool {
        said.withLock { said in
            guard !said.contains(where: { $0.code == code }) else { return false }
            said.append((code, message))
            return true
        }
    }

    /// The document with them as `notices`; as it is when there are none, or when it is no object.
    func added(to document: JSONValue) -> JSONValue {
        let said = said.withLock { $0 }
        guard !said.isEmpty, case .object(let members) = document else { return document }
        let notices = said.map { one -> JSONValue in ["code": .string(one.code), "message": .string(one.message)] }
        return .object(members + [JSONValue.Member("notices", .array(notices))])
    }
}
