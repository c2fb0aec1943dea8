// SPDX-License-Identifier: Apache-2.0

/// `manifest.json` (format §7).
package enum ManifestDocument {
    package static let name = "manifest.json"

    /// The bytes whose SHA-256 is the release digest.
    ///
    /// - Throws: `FormatError.badManifest` for a manifest that no reader would take.
    package static func encode(_ manifest: Manifest) throws -> [UInt8] {
        try ManifestRules.check(manifest)
        let bytes = try CanonicalDocument.encode(manifest)
        guard bytes.count <= Limits.manifestBytes else {
            throw FormatError.tooLarge(document: name, limit: Limits.manifestBytes, found: Int64(bytes.count))
        }
        return bytes
    }

    /// - Parameter bytes: proven ones only; no JSON decoder ever sees others.
    /// - Throws: `FormatError`.
    package static func decode(_ bytes: [UInt8]) throws -> Manifest {
        let manifest = try CanonicalDocument.decode(
            Manifest.self, from: bytes, document: name, limit: Limits.manifestBytes)
        try ManifestRules.check(manifest)
        return manifest
    }
}
