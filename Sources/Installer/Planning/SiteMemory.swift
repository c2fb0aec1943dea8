// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import HostRecords
import HostSystem

/// What is remembered of a site's side beside its documents, as `site.json` with each installed release (root's, 0600): what
/// to look at in `status`, and by which to see that a secret changed.
package struct SiteMemory: Codable, Equatable, Sendable {
    package var certificates: [PlannedCertificate]
    /// Keyed hashes, by ID.
    package var secrets: [String: Digest]
    /// What units and config files said when they were written, by path: an audit tells by it a changed file from one that
    /// would be rendered otherwise today. Nil in what an earlier `bundle` wrote.
    package var written: [String: Digest]?
    /// Drop-ins of the site that were there, by path; nil as above.
    package var dropIns: [String: Digest]?

    package init(certificates: [PlannedCertificate] = [], secrets: [String: Digest] = [:]) {
        self.certificates = certificates
        self.secrets = secrets
    }

    static let name = "site.json"
    private static let limit = 4 << 20

    /// - Returns: nil when it is not there or cannot be read: then nothing is known of what was.
    static func read(from directory: HostPath) -> SiteMemory? {
        guard let bytes = try? FileSystem.readAll(directory / name, limit: limit) else { return nil }
        return try? CanonicalDocument.decode(SiteMemory.self, from: bytes, document: name, limit: limit)
    }
}

/// A secret, or a config file that may hold some, as a plan tells it: a hash that means nothing without this host's key.
package struct PlannedSecret: Codable, Equatable, Sendable {
    package enum Change: String, Codable, Sendable {
        case new, same, changed, gone
        /// What was is not known any more.
        case unknown
    }

    package var id: String
    /// The first 12 hexadecimal digits; nil when the site does not provide it.
    package var hash: String?
    package var change: Change

    /// What changed from what was; secrets that were never there are left out.
    package static func list(_ now: [String: Digest], before: [String: Digest]?) -> [PlannedSecret] {
        Set(now.keys).union((before ?? [:]).keys).sorted().map { id in
            let (new, old) = (now[id], before?[id])
            let change: Change =
                before == nil ? .unknown : new == nil ? .gone : old == nil ? .new : new == old ? .same : .changed
            return PlannedSecret(id: id, hash: new?.short, change: change)
        }
    }
}
