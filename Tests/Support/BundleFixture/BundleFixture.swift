// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import Trust

/// A small valid signed bundle, made from values in memory, with hooks to make it invalid in exactly one way.
///
/// Each file is a `raw` pack of its own unless `packs` is set; documents are members. Nothing is compressed, so nothing
/// of Compression is needed to make or read one.
package struct BundleFixture {
    package var name = "demo"
    package var version = "1.2.3"
    package var arch = Architecture.amd64
    /// Path → content; `docs/…` become documents of the bundle too, `bin/…` executables.
    package var files: [String: String] = [
        "bin/web": "#!/bin/sh\nexec sleep 1000\n", "share/empty": "", "share/page.html": "<p>hello</p>\n",
        "docs/UPGRADE.md": "# Upgrade\n\nNothing to do.\n",
    ]
    package var sbom: [String: String] = ["sbom/release.cdx.json": "{}\n"]
    package var symlinks: [String: String] = ["bin/www": "web"]
    package var services: [String: Service] = [
        "web": Service(
            run: ["{{ bin }}/web"], health: [HealthCheck(probe: .alive(duration: .seconds(1)))], strategy: .recreate)
    ]
    /// Trust chain members, as they are.
    package var trust: [String: String] = [:]
    package var keys: [SigningKey] = []
    /// Paths of files that are left to the host, and the releases that brought them: a delta.
    package var needed: Set<String> = []
    package var bases: [PackIndex.Base] = []
    /// Needed contents that are no files of this release: what packs refer to.
    package var older: [PackIndex.Need] = []
    /// Hooks, each before what depends on it is computed.
    package var changeManifest: (inout Manifest) -> Void = { _ in }
    package var changeManifestBytes: (inout [UInt8]) -> Void = { _ in }
    package var changeReadme: (inout [UInt8]) -> Void = { _ in }
    package var changeFileList: (inout [UInt8]) -> Void = { _ in }
    package var changePackIndex: (inout [UInt8]) -> Void = { _ in }
    package var changeChecksums: (inout [UInt8]) -> Void = { _ in }
    /// Another stored form of a file's content, by its path.
    package var recode: (_ path: String, _ bytes: [UInt8]) -> StoredForm? = { _, _ in nil }
    /// The signature members by the name of their key, and what they are of.
    package var changeSignatures: (_ members: inout [String: [UInt8]], _ sums: [UInt8]) -> Void = { _, _ in }
    /// The members in order, signatures and reserve included: name, bytes.
    package var changeMembers: (inout [(name: String, bytes: [UInt8])]) -> Void = { _ in }

    package struct Invalid: Error {
        let what: String
    }

    /// A pack as it is stored, and what the index says of it.
    package struct StoredForm {
        package let codec: PackIndex.Codec
        package let bytes: [UInt8]
        package let unpackedBytes: Int64?
        package let older: Digest?

        /// - Parameter unpackedBytes: nil for the truth.
        package init(
            _ codec: PackIndex.Codec, _ bytes: [UInt8], unpackedBytes: Int64? = nil, older: Digest? = nil
        ) {
            self.older = older
            self.codec = codec
            self.bytes = bytes
            self.unpackedBytes = unpackedBytes
        }
    }

    package init() {}

    /// A fixture and the key that it is signed with.
    package static func signed() throws -> (fixture: BundleFixture, key: SigningKey) {
        var fixture = BundleFixture()
        let key = try SigningKey.generate()
        fixture.keys = [key]
        return (fixture, key)
    }

    package var identity: ReleaseIdentity {
        get throws {
            guard let name = ReleaseName(name), let version = Version(version) else { throw Invalid(what: "identity") }
            return ReleaseIdentity(name: name, version: version, arch: arch)
        }
    }

    /// The whole file.
    package func bytes() throws -> [UInt8] {
        var all = try members()
        changeMembers(&all)
        return try BundleFixture.container(all)
    }

    /// A container of any members in any order, with right headers and end marker.
    package static func container(_ members: [(name: String, bytes: [UInt8])]) throws -> [UInt8] {
        var file: [UInt8] = []
        for (name, bytes) in members {
            let header = try MemberHeader(name: name, size: Int64(bytes.count))
            file += header.bytes + bytes + [UInt8](repeating: 0, count: header.paddingBytes)
        }
        return file + [UInt8](repeating: 0, count: 1024)
    }

    /// The members in their order, before `changeMembers`.
    package func members() throws -> [(name: String, bytes: [UInt8])] {
        let entries = try files.map { path, text in
            FileList.Entry(path: try BundleFixture.path(path), digest: Digest.ofBytes(Array(text.utf8)))
        }
        let list = try FileList(entries)
        let (index, packs) = try packed()
        var listBytes = list.bytes
        changeFileList(&listBytes)
        var indexBytes = index.bytes
        changePackIndex(&indexBytes)
        var manifest = try manifest(list, Digest.ofBytes(listBytes))
        changeManifest(&manifest)
        var manifestBytes = try CanonicalDocument.encode(manifest)
        changeManifestBytes(&manifestBytes)
        var readme = Array(Readme(try identity).text.utf8)
        changeReadme(&readme)
        let trustMembers = trust.sorted { BundleFixture.trustOrder($0.key) < BundleFixture.trustOrder($1.key) }
            .map { (name: $0.key, bytes: Array($0.value.utf8)) }
        var listed = [(name: "README.txt", bytes: readme)] + trustMembers
        listed += [("manifest.json", manifestBytes), ("files.sha256", listBytes), ("packs.index", indexBytes)]
        let documents = files.filter { $0.key.hasPrefix("docs/") }.sorted { $0.key < $1.key }
        for (path, text) in documents + sbom.sorted(by: { $0.key < $1.key }) { listed.append((path, Array(text.utf8))) }
        listed += packs
        var sums = Array(listed.map { "\(Digest.ofBytes($0.bytes).hex)  \($0.name)\n" }.joined().utf8)
        changeChecksums(&sums)
        let release = Digest.ofBytes(manifestBytes)
        var signed = Dictionary(
            uniqueKeysWithValues: try keys.map { key in
                (key.publicKey.fingerprint.hex, try signature(of: sums, release: release, by: key))
            })
        changeSignatures(&signed, sums)
        let signatures = try SignatureArea.members(signed).map { (name: $0.name.description, bytes: $0.bytes) }
        return [listed[0], ("SHA256SUMS", sums)] + signatures + listed.dropFirst()
    }

    /// A signature member by any key.
    package func signature(of sums: [UInt8], release: Digest, by key: SigningKey) throws -> [UInt8] {
        let comment = "bundle \(name) \(version) \(arch.rawValue) release \(release.hex)"
        return MinisignSignature(signing: sums, trustedComment: comment, with: key)
            .file(untrustedComment: try identity.signatureComment)
    }

    private func manifest(_ list: FileList, _ digest: Digest) throws -> Manifest {
        let identity = try identity
        let links = try symlinks.sorted { $0.key < $1.key }
            .map { Symlink(path: try BundleFixture.path($0.key), target: $0.value) }
        let docs = try files.keys.filter { $0.hasPrefix("docs/") }.sorted().map(BundleFixture.path)
        return Manifest(
            name: identity.name, version: identity.version, arch: identity.arch,
            tree: InstalledTree(
                sha256: digest, files: list, symlinks: links,
                bytes: files.values.reduce(0) { $0 + Int64($1.utf8.count) }),
            executables: try files.keys.filter { $0.hasPrefix("bin/") }.sorted()
                .map { Executable(path: try BundleFixture.path($0)) },
            symlinks: links, services: services,
            docs: ReleaseDocuments(upgrade: docs.first, more: Array(docs.dropFirst())))
    }

    /// By number, each root before its signatures.
    private static func trustOrder(_ name: String) -> (Int, Int, String) {
        (Int(name.dropFirst(6).prefix { $0 != "." }) ?? 0, name.hasSuffix(".json") ? 0 : 1, name)
    }

    private func packed() throws -> (PackIndex, [(name: String, bytes: [UInt8])]) {
        var packs: [PackIndex.Pack] = []
        var members: [(name: String, bytes: [UInt8])] = []
        var contents: [Digest: PackIndex.Content] = [:]
        var needs: [Digest: PackIndex.Need] = [:]
        for need in older { needs[need.digest] = need }
        for path in needed {
            let bytes = Array((files[path] ?? "").utf8)
            needs[Digest.ofBytes(bytes)] = PackIndex.Need(digest: Digest.ofBytes(bytes), size: Int64(bytes.count))
        }
        for (path, text) in files.sorted(by: { $0.key < $1.key }) where !path.hasPrefix("docs/") {
            let bytes = Array(text.utf8)
            let digest = Digest.ofBytes(bytes)
            let size = Int64(bytes.count)
            guard contents[digest] == nil, needs[digest] == nil else { continue }
            guard !bytes.isEmpty else {
                contents[digest] = PackIndex.Content(digest: digest, size: 0, ranges: [])
                continue
            }
            let form = recode(path, bytes) ?? StoredForm(.raw, bytes)
            let pack = PackIndex.Pack(
                digest: Digest.ofBytes(form.bytes), codec: form.codec, storedBytes: Int64(form.bytes.count),
                unpackedBytes: form.unpackedBytes ?? size, older: form.older)
            contents[digest] = PackIndex.Content(
                digest: digest, size: size, ranges: [PackIndex.Range(pack: packs.count, offset: 0, length: size)])
            packs.append(pack)
            members.append((pack.member.description, form.bytes))
        }
        return (
            try PackIndex(packs: packs, contents: Array(contents.values), bases: bases, needs: Array(needs.values)),
            members
        )
    }

    private static func path(_ text: String) throws -> ReleasePath {
        guard let path = ReleasePath(text) else { throw Invalid(what: text) }
        return path
    }
}
