// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostSystem
package import Trust

/// The signatures that are kept with the evidence of a release (host-state §13), as they came.
package enum KeptSignatures {
    package static let directory = "signatures"

    /// - Returns: those whose names are fingerprints; none where the directory is missing.
    /// - Throws: `SystemCallError`, `IrregularFileError`.
    package static func read(_ evidence: HostPath) throws -> [NamedSignature] {
        let place = evidence / directory
        guard try FileSystem.exists(place) else { return [] }
        return try FileSystem.list(place).compactMap { file in
            guard file.hasSuffix(".minisig"), let name = KeyFingerprint(hex: String(file.dropLast(8))) else {
                return nil
            }
            let bytes = try FileSystem.readAll(place / file, limit: Limits.signatureBytes, followLinks: false)
            return NamedSignature(name: name, bytes: bytes)
        }
    }
}
