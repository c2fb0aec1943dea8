// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Why a bundle that does not carry all of its release cannot be used.
package enum DeltaError: Error, Equatable, Sendable {
    /// A host lacks contents that it needs.
    ///
    /// - Parameters:
    ///   - contents: how many it lacks, of `needed`; `bytes` of them.
    ///   - bases: releases that would bring them and that the host has not; empty when it has all, and still lacks something.
    case lacking(ReleaseIdentity, contents: Int, needed: Int, bytes: Int64, bases: [PackIndex.Base])
    /// What was asked for is not in the bundle.
    case notCarried(ReleaseIdentity, what: String, bases: [PackIndex.Base])
}
