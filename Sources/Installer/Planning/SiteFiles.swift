// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import Cryptography
package import HostRecords
package import HostSystem

/// The site's side as it lies on the host: the bytes of its two documents, and which secrets there are. A copy of the
/// documents is kept with each installed release, so that a rollback brings back the configuration too.
package struct SiteFiles: Equatable, Sendable {
    package var values: [UInt8]?
    package var host: [UInt8]?
    /// A keyed hash over each secret that is there, by ID: tells that one changed, never what it is.
    package var secrets: [String: Digest]
    /// What is written beside the documents; it is read by those who need it.
    var memory: SiteMemory?

    package init(values: [UInt8]? = nil, host: [UInt8]? = nil, secrets: [String: Digest] = [:]) {
        self.values = values
        self.host = host
        self.secrets = secrets
    }

    private static let limit = 4 << 20
    /// Below the evidence: the documents of before the last `reconfigure`.
    static let former = "former"

    /// What `/etc/NAME` says now.
    package static func read(_ layout: HostLayout, manifest: Manifest, key: SecretBytes) throws -> SiteFiles {
        SiteFiles(
            values: try optional(layout.siteValues), host: try optional(layout.siteHost),
            secrets: try secrets(layout, manifest, key))
    }

    /// What it said before the last `reconfigure`; nil when there was none.
    package static func read(formerOf directory: String, _ layout: HostLayout, manifest: Manifest, key: SecretBytes)
        throws -> SiteFiles?
    {
        let place = layout.evidence(directory) / former
        guard try FileSystem.exists(place) else { return nil }
        var site = try read(from: place)
        site.secrets = try secrets(layout, manifest, key)
        return site
    }

    /// What it said when a release was installed; secrets are never copied, so those are today's.
    package static func read(keptFor directory: String, _ layout: HostLayout, manifest: Manifest, key: SecretBytes)
        throws
        -> SiteFiles
    {
        var site = try read(from: layout.evidence(directory))
        site.secrets = try secrets(layout, manifest, key)
        return site
    }

    /// What `write` wrote.
    package static func read(from directory: HostPath) throws -> SiteFiles {
        var site = SiteFiles(
            values: try optional(directory / "values.yaml"), host: try optional(directory / "host.yaml"))
        site.memory = SiteMemory.read(from: directory)
        return site
    }

    /// Keeps today's documents with a release that runs by them already: other bytes, and nothing comes of it. Drop-ins of
    /// the site that are there by now are its own from here on.
    package static func keepDocuments(_ layout: HostLayout, for directory: String) throws {
        var site = try documents(layout)
        if var memory = SiteMemory.read(from: layout.evidence(directory)), let written = memory.written {
            let units = written.keys.map { HostPath($0) }.filter { $0.parent == layout.unitDirectory }.map(\.name)
            memory.dropIns = try DropInSearch(root: layout.root).digests(inBothSlots: units)
            site.memory = memory
        }
        try site.write(into: layout.evidence(directory))
    }

    /// What `/etc/NAME` says now, secrets left aside.
    package static func documents(_ layout: HostLayout) throws -> SiteFiles {
        SiteFiles(values: try optional(layout.siteValues), host: try optional(layout.siteHost))
    }

    /// Writes the documents into a directory; they may hold what is not for everybody's eyes.
    package func write(into directory: HostPath) throws {
        try FileSystem.createDirectories(directory)
        for (name, bytes) in [("values.yaml", values), ("host.yaml", host)] {
            if let bytes {
                try FileSystem.write(bytes, to: directory / name, permissions: 0o600)
            } else {
                try FileSystem.remove(directory / name)
            }
        }
        if let memory {
            try FileSystem.write(
                try CanonicalDocument.encode(memory), to: directory / SiteMemory.name, permissions: 0o600)
        }
    }

    /// One digest over all of it; equal digests mean that nothing has to be rendered again.
    package var digest: Digest {
        var hasher = SHA256Hasher()
        for (name, bytes) in [("values", values), ("host", host)] {
            hasher.update(Array("\(name) \(bytes.map { Digest.ofBytes($0).hex } ?? "-")\n".utf8))
        }
        for (id, hash) in secrets.sorted(by: { $0.key < $1.key }) { hasher.update(Array("\(id) \(hash)\n".utf8)) }
        return hasher.finalize()
    }

    private static func optional(_ path: HostPath) throws -> [UInt8]? {
        try FileSystem.exists(path) ? try FileSystem.readAll(path, limit: limit) : nil
    }

    private static func secrets(_ layout: HostLayout, _ manifest: Manifest, _ key: SecretBytes) throws -> [String:
        Digest]
    {
        var found: [String: Digest] = [:]
        for id in manifest.secrets.keys {
            let path = layout.secret(id)
            guard try FileSystem.exists(path) else { continue }
            var bytes = try FileSystem.readAll(path, limit: 1 << 20)
            found[id] = KeyedHash.digest(of: try SecretBytes(wiping: &bytes), key: key)
        }
        return found
    }
}
