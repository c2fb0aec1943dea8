// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Which release a signature's comments speak of. The comments are for people: what was signed says for itself what it
/// is.
package struct SignedRelease: Hashable, Sendable {
    package let name: ReleaseName
    package let version: Version
    package let architecture: Architecture

    package init(name: ReleaseName, version: Version, architecture: Architecture) {
        self.name = name
        self.version = version
        self.architecture = architecture
    }

    /// The only untrusted comment that a signature in this release's bundle may carry (trust §3.4).
    package var untrustedComment: String { "bundle \(name) \(version)" }

    /// What we put under the second signature: no time in it, so that signing again gives the same bytes.
    package func trustedComment(releaseDigest: Digest) -> String {
        "bundle \(name) \(version) \(architecture.rawValue) release \(releaseDigest.hex)"
    }
}
