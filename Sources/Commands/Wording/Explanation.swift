// SPDX-License-Identifier: Apache-2.0

/// What a person is told about an error: one switch per error type yields text, hint and exit status together, so that
/// they cannot disagree. Voice: lower case, no full stop, names the place and the next step, never a secret.
struct Explanation: Equatable {
    var message: String
    var hint: String?
    var status: ExitStatus

    init(_ message: String, hint: String? = nil, status: ExitStatus = .failedNothingChanged) {
        self.message = message
        self.hint = hint
        self.status = status
    }

    /// For a log, which has one line for it.
    var firstLine: String? { message.split(separator: "\n").first.map(String.init) }
}

/// An error type with words: `extension TrustError: Explained` in `Wording/TrustError+Explained.swift`.
protocol Explained: Error {
    var explanation: Explanation { get }
}

extension Explanation {
    /// - Returns: nil for an error that has no words here: ArgumentParser's own.
    static func of(_ error: any Error) -> Explanation? {
        (error as? any Explained)?.explanation
    }
}
