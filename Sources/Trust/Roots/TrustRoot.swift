// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// What a host believes: `/etc/bundle/trust/N.json` (trust §4).
package struct TrustRoot: Codable, Equatable, Sendable {
    package static let currentFormat = "bundle-trust/1"

    package struct Key: Codable, Equatable, Sendable {
        /// The 56 characters of a minisign public key file.
        package var key: String
        /// Whose it is, for people: one line.
        package var name: String?

        package init(key: String, name: String? = nil) {
            self.key = key
            self.name = name
        }
    }

    package struct Rule: Codable, Equatable, Sendable {
        /// Fingerprints, sorted.
        package var keys: [String]
        /// How many distinct keys must agree.
        package var threshold: Int

        package init(keys: [String], threshold: Int) {
            self.keys = keys
            self.threshold = threshold
        }
    }

    package var format = TrustRoot.currentFormat
    /// 1 for the first; N+1 follows N.
    package var number: Int
    /// By fingerprint.
    package var keys: [String: Key]
    /// By the name of a `Role`.
    package var roles: [String: Rule]
    /// Fingerprints, sorted. A key here counts for nothing, whatever a role says.
    package var revoked: [String] = []
    /// By product: older versions are refused.
    package var minimumVersions: [String: String] = [:]
    /// RFC 3339 in UTC; past it is a warning unless the site's policy says refuse: a clock never bricks a host.
    package var bestBefore: String?

    /// Root 1 of a single key: the only root in which one key has two roles, so that it can sign releases today and
    /// root 2 with keys for each role later (trust §4.3). It has no name for people, so that it is the same bytes wherever
    /// the key is adopted.
    package init(adopting key: MinisignPublicKey) {
        let rule = Rule(keys: [key.fingerprint.hex], threshold: 1)
        number = 1
        keys = [key.fingerprint.hex: Key(key: key.base64)]
        roles = [Role.root.rawValue: rule, Role.release.rawValue: rule]
    }

    /// - Parameter bytes: only such as a person or keys already believed have vouched for.
    package static func decode(_ bytes: [UInt8]) throws(TrustError) -> TrustRoot {
        let root: TrustRoot
        do {
            root = try CanonicalDocument.decode(
                TrustRoot.self, from: bytes, document: "trust root", limit: Limits.trustRootBytes)
        } catch let error as FormatError {
            throw .badTrustRoot(.document(error))
        } catch {
            throw .badTrustRoot(.document(.wrongShape(document: "trust root", at: "")))
        }
        try root.check()
        return root
    }

    /// The file's bytes.
    package func encode() throws -> [UInt8] {
        try check()
        return try CanonicalDocument.encode(self)
    }
}
