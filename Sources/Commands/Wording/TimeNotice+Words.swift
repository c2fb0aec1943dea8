// SPDX-License-Identifier: Apache-2.0
import Trust

extension TimeNotice {
    var words: String {
        switch self {
        case .clockInThePast(let now, let witness, let later):
            let why =
                switch witness {
                case .auditLog: "the audit log was written at \(UTCTime(later))"
                case .bundle: "the bundle was made at \(UTCTime(later))"
                case .program: "this program is younger than that"
                }
            return "this machine's clock says \(UTCTime(now)), and \(why): set it, or records will be hard to read"
        case .clockInTheFuture(let now):
            return "this machine's clock says \(UTCTime(now)), which cannot be: set it, or records will be hard to read"
        case .bestBeforePassed(let root, let date):
            return "trust root \(root) was best before \(date): ask those who hold the root keys for a newer one"
        }
    }
}
