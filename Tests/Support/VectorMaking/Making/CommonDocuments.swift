// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography

/// What vectors of signatures are over.
package enum CommonDocuments {
    /// A SHA256SUMS of a release `demo 1.2.3 amd64` that has nothing else.
    package static let checksums = Array(
        ["README.txt", "manifest.json", "files.sha256", "packs.index"]
            .map { "\(Digest.ofBytes(Array($0.utf8)).hex)  \($0)\n" }.joined().utf8)
}
