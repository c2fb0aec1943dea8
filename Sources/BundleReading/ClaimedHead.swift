// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import Trust

/// What a bundle claims before anything is proven: what a judge needs, and no more.
///
/// Of these bytes only the first line of `README.txt` was parsed. It is for a `Keyring`, for `sign`, and for telling a
/// person what an unproven file says it is.
package struct ClaimedHead: Sendable {
    /// As the first line says; nobody has signed it yet.
    package let identity: ReleaseIdentity
    package let readme: [UInt8]
    /// The bytes that signatures are of.
    package let checksums: [UInt8]
    package let signatures: [NamedSignature]
    /// Members below `trust/`, as they are.
    package let trust: [HeadMember]
    /// Where the 32 KiB of the signature area begin.
    package let signatureAreaOffset: Int64

    /// The chain of trust roots that it carries (trust §4.7).
    package var trustLinks: [TrustLink] { TrustLink.links(trust.map { ($0.name, $0.bytes) }) }
}
