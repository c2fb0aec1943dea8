// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// One content that is to be packed.
package struct PackContent: Hashable, Sendable {
    /// What decides with which others it shares a pack, and through which filter it goes.
    package enum Kind: Hashable, Sendable {
        case executable(Architecture)
        case other

        /// Groups follow each other in this order.
        var rank: Int {
            switch self {
            case .executable(.amd64): 0
            case .executable(.arm64): 1
            case .other: 2
            }
        }
    }

    package let digest: Digest
    package let size: Int64
    package let kind: Kind
    /// Where it stands in the release. Neighbours by path are alike, so they compress well together.
    package let path: String
    /// The SHA-256 of each run of `PackPlan.maximumBytes` of it: a pack is written from one run, and proves on the way
    /// that the source did not change since it was collected.
    package let runs: [Digest]

    package init(digest: Digest, size: Int64, kind: Kind, path: String, runs: [Digest]) {
        self.digest = digest
        self.size = size
        self.kind = kind
        self.path = path
        self.runs = runs
    }
}
