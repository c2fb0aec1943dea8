// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Brings a release that the host does not hold: from a medium that is read once.
package protocol ReleaseDelivery: AnyObject, Sendable {
    /// Copies packs and documents into staging while proving them; the medium is not needed afterwards. What is proven may
    /// already be unpacked beside the place of the release directory meanwhile.
    func stage(progress: @escaping @Sendable (Int64, Int64) -> Void) async throws
    /// Unpacks into the immutable release directory, every content hashed again; packs move into the host's store.
    func unpack(progress: @escaping @Sendable (Int64, Int64) -> Void) async throws
    /// Writes what an auditor needs into the evidence directory.
    func keepEvidence() throws
    /// Streams an image archive's content out of the packs.
    func write(content: Digest, to sink: any ByteSink) throws
}
