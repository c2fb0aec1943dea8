// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import Trust

/// What is kept of a release, proven again: the signed list, and the documents whose digests stand in it.
struct ProvenEvidence {
    let directory: String
    let digest: Digest
    let manifest: Manifest
    let files: FileList
    /// nil where it is not the signed one: nothing is mended out of packs then.
    let packs: PackIndex?
    /// nil where signatures do not hold today: what is compared is then proven by the record's digest alone.
    let verdict: SignatureVerdict?
}

/// Decides by what this host believes today.
package typealias SignatureJudging = ([UInt8], [NamedSignature], ReleaseIdentity) throws -> SignatureVerdict

/// What the host believes cannot be read, or is not what it was: no release is to blame for that.
package struct NothingToJudgeBy: Error {
    package init() {}
}
