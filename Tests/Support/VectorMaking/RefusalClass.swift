// SPDX-License-Identifier: Apache-2.0

/// What a reader says of a vector. `Tests/Vectors/README.md` says the same in a sentence each.
package enum RefusalClass: String, CaseIterable, Sendable {
    case good
    // The file.
    case notABundle = "not-a-bundle"
    case truncated
    case header
    case member
    case limit
    case size
    case padding
    case end
    case area
    // The signatures.
    case kind
    case form
    case algorithm
    case signature
    case unsigned
    case untrusted
    case threshold
    // What is signed.
    case digest
    case line
    case json
    case manifest
    case identity
    case contents
    case pack
    // Keys.
    case weak
    case damaged
    case password
    // Trust roots.
    case root
    case chain
    case downgrade
}
