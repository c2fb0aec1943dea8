// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Trust

extension HostKey {
    /// Of this host's key, and of those that it had before.
    func publicFiles() throws -> [HostPath] {
        let place = secret.parent
        guard try FileSystem.exists(place) else { return [] }
        return try FileSystem.list(place)
            .filter { $0 == open.name || ($0.hasPrefix("host-") && $0.hasSuffix(".pub")) }
            .map { place / $0 }
    }

    /// Of this host's key and of all that it had before: it speaks for itself under none of them.
    func fingerprints() throws -> Set<KeyFingerprint> {
        Set(try publicFiles().compactMap { try? KeyFiles.publicKey($0).fingerprint })
    }
}
