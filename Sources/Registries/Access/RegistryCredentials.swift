// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import FoundationEssentials
package import HostSystem

/// Names and passwords for registries, in the form that docker, podman and skopeo keep them (containers-auth.json(5)).
/// Never printed: whoever describes one, even for debugging, learns nothing.
package struct RegistryCredentials: Sendable {
    /// `NAME:PASSWORD` in base64, as a `Basic` header has it.
    struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
        let basic: String

        var description: String { "secret" }
        var debugDescription: String { "secret" }
        var customMirror: Mirror { Mirror(self, children: [:]) }
    }

    private struct File: Decodable {
        struct Entry: Decodable { let auth: String? }
        let auths: [String: Entry]?
    }

    private static let maximumBytes = 1 << 20
    private let byName: [String: Secret]

    package static let none = RegistryCredentials(byName: [:])

    private init(byName: [String: Secret]) { self.byName = byName }

    /// - Parameters:
    ///   - files: of several, the first that has an entry counts.
    ///   - usual: looked into behind those; one that is not there or may not be read knows nothing. Perhaps no credentials
    ///     are wanted, and if they are, the registry says so.
    /// - Throws: `RegistryError.badCredentials`; `SystemCallError`.
    package init(files: [HostPath], usual: [HostPath] = []) throws {
        var byName: [String: Secret] = [:]
        for (number, file) in (files + usual).enumerated() {
            let bytes: [UInt8]
            do {
                bytes = try FileSystem.readAll(file, limit: RegistryCredentials.maximumBytes)
            } catch  where number >= files.count {
                continue
            }
            byName.merge(try RegistryCredentials(json: bytes, name: file.text).byName) { first, _ in first }
        }
        self.init(byName: byName)
    }

    init(json: [UInt8], name: String) throws {
        guard let decoded = try? JSONDecoder().decode(File.self, from: Data(json)) else {
            throw RegistryError.badCredentials(file: name)
        }
        var byName: [String: Secret] = [:]
        for (key, entry) in decoded.auths ?? [:] {
            // An entry without `auth` is kept by a helper program; none is started here.
            guard let auth = entry.auth, !auth.isEmpty else { continue }
            guard auth.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
                throw RegistryError.badCredentials(file: name)
            }
            byName[RegistryCredentials.key(key)] = Secret(basic: auth)
        }
        self.init(byName: byName)
    }

    /// The entry for a repository, the longest path first, as podman looks for it.
    func secret(registry: String, repository: String) -> Secret? {
        let host = registry.lowercased()
        var path = repository.split(separator: "/").map(String.init)
        while true {
            if let found = byName[([host] + path).joined(separator: "/")] { return found }
            guard !path.isEmpty else { break }
            path.removeLast()
        }
        // Docker's own name for its hub.
        return host == "docker.io" ? byName["index.docker.io"] : nil
    }

    /// docker writes `https://HOST/v1/`, others `HOST` or `HOST/PATH`.
    private static func key(_ text: String) -> String {
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
            return String(text.dropFirst(scheme.count).prefix { $0 != "/" }).lowercased()
        }
        return text.lowercased()
    }
}
