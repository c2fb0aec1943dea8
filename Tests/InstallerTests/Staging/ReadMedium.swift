// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Cryptography
import Glibc
import HostRecords
import HostSystem
import TestSupport
import Trust

@testable import EngineFakes
@testable import Installer

/// A medium with 1.3.0, read by a host where 1.2.3 serves; of its packs the last holds `share/new`.
struct ReadMedium {
    let audited: AuditedHost
    var host: EngineHost { audited.host }
    var layout: HostLayout { audited.layout }
    /// Unpacked from the first pack.
    static let first = "bin/web"
    static let last = "share/new"
    private static let name = "lake-1.3.0-amd64.bundle"

    init(on host: EngineHost? = nil) async throws { audited = try await AuditedHost(on: host) }

    func bytes(_ amend: (inout BundleFixture) -> Void = { _ in }) throws -> [UInt8] {
        var fixture = BundleFixture()
        fixture.keys = [audited.key]
        (fixture.name, fixture.version) = ("lake", "1.3.0")
        fixture.files["share/more"] = String(repeating: "more ", count: 30_000)
        fixture.files[Self.last] = String(repeating: "new ", count: 10_000)
        fixture.files["share/page.html"] = nil
        amend(&fixture)
        return try fixture.bytes()
    }

    func source(_ bundle: HostPath, _ search: PartSearch? = nil) throws -> BundleSource {
        let head = try UnverifiedBundle.open(bundle, search: search)
            .proveHead(by: Keyring(keys: [audited.key.publicKey]))
        return try BundleSource(head, layout: layout)
    }

    func source(_ bytes: [UInt8]) throws -> BundleSource {
        let bundle = audited.root / "1.3.0.bundle"
        try FileSystem.write(bytes, to: bundle)
        return try source(bundle)
    }

    /// In two parts: the second, which begins within the last pack, is not there. Who reads that far waits.
    ///
    /// - Parameter waiting: given the place of the second part and its bytes; may be called again and again.
    func parted(
        _ bytes: [UInt8], waiting: @escaping (_ place: HostPath, _ rest: [UInt8]) throws -> Void
    ) throws -> BundleSource {
        let parts = [Array(bytes.dropLast(20_000)), Array(bytes.suffix(20_000))]
        let list = audited.root / PartList.name(of: Self.name)
        try FileSystem.write(PartList(whole: Self.name, digests: parts.map { Digest.ofBytes($0) }).bytes, to: list)
        try FileSystem.write(parts[0], to: audited.root / PartList.part(1, of: Self.name))
        let place = audited.root / PartList.part(2, of: Self.name)
        return try source(
            list,
            PartSearch(waiting: { _, _ in
                try Task.checkCancellation()
                try waiting(place, parts[1])
                usleep(1000)
            }))
    }

    /// Whether a file of a tree that has no name yet is whole.
    func isUnpacked(_ path: String) throws -> Bool {
        guard let tree = try FileSystem.list(layout.releases).first(where: { $0.hasPrefix(".") }) else { return false }
        let file = layout.releases / tree / path
        guard try FileSystem.exists(file) else { return false }
        return try FileSystem.readAll(file, limit: 1 << 20) == Array((BundleFixture().files[path] ?? "").utf8)
    }

    func isThere(_ source: BundleSource) throws -> [HostPath] {
        let release = layout.release(source.directory)
        return try [layout.staging, TreeUnpacker.building(release), release].filter { try FileSystem.exists($0) }
    }

    func isWhole(_ source: BundleSource) throws -> Bool {
        try source.head.files.entries.allSatisfy {
            let file = layout.release(source.directory) / $0.path.text
            return Digest.ofBytes(try FileSystem.readAll(file, limit: 1 << 20)) == $0.digest
        }
    }

    /// What it lies in goes, for comparing what stands.
    func takeAway() throws {
        for file in try FileSystem.list(audited.root) where file.contains("1.3.0") {
            try FileSystem.remove(audited.root / file)
        }
    }
}
