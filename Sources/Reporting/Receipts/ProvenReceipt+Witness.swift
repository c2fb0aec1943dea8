// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

extension ProvenReceipt {
    /// The receipt by which one host vouches that a release is good: the last one that says so, unless the next thing that
    /// served there was an older release again, because somebody had gone back from it (trust §7.5).
    ///
    /// - Parameter receipts: all that are at hand of one host, in any order. One that was kept back cannot be missed here.
    package static func witness(of release: Digest, among receipts: [ProvenReceipt]) -> ProvenReceipt? {
        guard let last = receipts.filter({ $0.saysGood(release) }).max(by: { $0.receipt.number < $1.receipt.number })
        else { return nil }
        let next = receipts.filter {
            $0.receipt.number > last.receipt.number && $0.receipt.outcome == .good
                && deploying.contains($0.receipt.verb) && $0.receipt.subject.product == last.receipt.subject.product
        }.min { $0.receipt.number < $1.receipt.number }
        return next?.receipt.verb == "rollback" ? nil : last
    }
}
