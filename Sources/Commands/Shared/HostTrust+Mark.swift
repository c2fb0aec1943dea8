// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Reporting
import Trust

extension HostTrust {
    /// The newest root by number and SHA-256, as receipts and the audit log name it; nil when none was adopted.
    static func mark() throws -> Receipt.RootMark? {
        try load().map { $0.chain.newest.mark }
    }
}

extension TrustChain.Believed {
    var mark: Receipt.RootMark { Receipt.RootMark(number: root.number, sha256: digest) }
}
