// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// What is wrong with a trust root whose bytes are believed (trust §4).
package enum TrustRootFault: Equatable, Sendable {
    /// Not the one spelling of a document of ours.
    case document(FormatError)
    case unsupportedFormat(String)
    case badNumber(Int)
    case badKey(String)
    /// The name in `keys` is not the fingerprint of the key under it.
    case foreignFingerprint(String)
    case badFingerprint(String)
    case badKeyName(String)
    case badMinimumVersion(String)
    case badDate(String)
    case unknownRole(String)
    case missingRole(Role)
    case unknownKey(KeyFingerprint)
    case keyWithoutRole(KeyFingerprint)
    case keyInTwoRoles(KeyFingerprint)
    /// A list that is not sorted, or names a key twice.
    case notSorted(String)
    /// Below 1, or more than the role's keys that are not revoked.
    case badThreshold(Role, threshold: Int, keys: Int)
}
