// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// The line that an approver signs (trust §8): a release by its digest, so it holds for a full bundle and for a delta, and for
/// nothing else.
package enum Approval {
    /// `bundle-approval/1 NAME VERSION ARCH RELEASE-DIGEST` and a line feed.
    package static func document(_ release: ReleaseIdentity, digest: Digest) -> [UInt8] {
        Array("bundle-approval/1 \(release.name) \(release.version) \(release.arch.rawValue) \(digest.hex)\n".utf8)
    }

    /// What the files of an approval are called: `NAME-VERSION-ARCH.approval` is the line, and each approver's signature
    /// lies beside it as `NAME-VERSION-ARCH.approval.KEY.minisig`.
    package static func fileName(_ release: ReleaseIdentity) -> String {
        "\(release.name)-\(release.version)-\(release.arch.rawValue).approval"
    }

    package static func signatureName(_ release: ReleaseIdentity, by key: KeyFingerprint) -> String {
        "\(fileName(release)).\(key).minisig"
    }
}
