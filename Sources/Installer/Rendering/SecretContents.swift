// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Configuration
package import Cryptography
package import HostRecords
import HostSystem

/// The contents of a site's secrets, for config files that are `sensitive`. Read only for a release that has such files.
package struct SecretContents: Sendable {
    private let contents: [String: [UInt8]]
    private let key: SecretBytes
    private let layout: HostLayout

    package init(contents: [String: [UInt8]], key: SecretBytes, layout: HostLayout) {
        self.contents = contents
        self.key = key
        self.layout = layout
    }

    /// - Returns: nil for a release that has no use for them.
    static func read(_ layout: HostLayout, _ manifest: Manifest, key: SecretBytes) throws -> SecretContents? {
        guard manifest.config.values.contains(where: \.isSensitive) else { return nil }
        var contents: [String: [UInt8]] = [:]
        for (id, declaration) in manifest.secrets {
            if try FileSystem.exists(layout.secret(id)) {
                contents[id] = try FileSystem.readAll(layout.secret(id), limit: 1 << 20)
            } else if declaration.required {
                // Preflight refuses it, with all else that is missing; a template's complaint would come first and alone.
                contents[id] = []
            }
        }
        return SecretContents(contents: contents, key: key, layout: layout)
    }

    var access: SecretAccess { .contents(contents) }

    func hash(of bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { KeyedHash.digest(of: $0, key: key) } }

    /// Where a rendered file lies for systemd to take it from: named by a keyed hash of what it says, so that a unit's text
    /// changes with it, nothing that a running unit was given is ever written over, and nobody can try passwords against it.
    func path(of config: String, saying bytes: [UInt8]) -> HostPath {
        layout.credentials / "\(hash(of: bytes).hex.prefix(32))-\(config)"
    }
}
