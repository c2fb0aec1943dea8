// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a trust root whose bytes are believed.
package enum TrustRootFault: Equatable, Sendable {
    case notCanonical
    case badKey(String)
    case badFingerprint(String)
    case badVersion(String)
    case badName(String)
    case badNumber(Int)
    case badDate(String)
    case keyInTwoRoles(KeyFingerprint)
    case keyListedTwice(KeyFingerprint)
    /// A threshold below 1, or more than the keys that are not revoked.
    case badThreshold(role: Role, threshold: Int, keys: Int)
    case noKeys(Role)
}
