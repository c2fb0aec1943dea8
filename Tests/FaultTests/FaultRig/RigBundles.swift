// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Cryptography
import HostSystem
import TestSupport
import Trust

@testable import EngineFakes

/// Real bundles on a medium, signed: what the rig's verbs read, prove, stage and unpack.
struct RigBundles {
    let place: HostPath

    /// What stands behind a version in the name of the bundle that leaves out what `deltaBase` has.
    static let delta = "+delta"
    private static let deltaBase = "1.0.0"

    private func path(_ name: String) -> HostPath { place / "lake-\(name)-amd64.bundle" }

    /// A bundle of each of `versions`, and of `deltas` one that leaves out what the base has, too.
    func make(_ versions: [String], deltas: [String]) throws {
        try FileSystem.createDirectories(place)
        let key = try SigningKey.generate()
        try FileSystem.write(key.publicKey.file, to: place / "key")
        for version in versions {
            var fixture = try fixture(version)
            fixture.keys = [key]
            try FileSystem.write(try fixture.bytes(), to: path(version))
        }
        for version in deltas {
            var fixture = try fixture(version)
            fixture.keys = [key]
            let base = try self.fixture(RigBundles.deltaBase)
            fixture.needed = Set(fixture.files.keys.filter { fixture.files[$0] == base.files[$0] })
            let known = try head(base.version)
            fixture.bases = [PackIndex.Base(version: known.manifest.version, digest: known.releaseDigest)]
            try FileSystem.write(try fixture.bytes(), to: path(version + RigBundles.delta))
        }
    }

    /// - Parameter name: a version, of a delta with `delta` behind it.
    func head(_ name: String) throws -> ProvenHead {
        let key = try MinisignPublicKey(file: FileSystem.readAll(place / "key", limit: 4096))
        return try UnverifiedBundle.open(path(name)).proveHead(by: Keyring(keys: [key]))
    }

    private func fixture(_ version: String) throws -> BundleFixture {
        var services = EngineRelease.services
        services.merge(EngineRelease.furtherServices(version)) { first, _ in first }
        services["boxed"] = nil
        var fixture = BundleFixture()
        fixture.name = "lake"
        fixture.version = version
        fixture.services = services
        fixture.files = [
            "share/web.txt": "{{ version }} in {{ slot }} says {{ values.word }}\n",
            "share/store.txt": "{{ version }}\n",
            "share/values.yaml": "word: hello\n", "docs/UPGRADE.md": "# Upgrade to \(version)\n",
        ]
        for name in services.keys {
            // What runs once and is named `kept` is the same program in every release.
            fixture.files["bin/\(name)"] = "\(name) \(name == "kept" ? "" : version)\n"
        }
        // Large enough for several writes.
        fixture.files["bin/web"]? += String(repeating: "web \(version) ", count: 8_000)
        fixture.symlinks = ["bin/www": "web"]
        fixture.changeManifest = { manifest in
            guard let web = ReleasePath("share/web.txt"), let store = ReleasePath("share/store.txt") else { return }
            manifest.config = ["web.txt": ConfigTemplate(template: web), "store.txt": ConfigTemplate(template: store)]
            manifest.values = ValueDocuments(defaults: ReleasePath("share/values.yaml"))
            manifest.cutover = CutoverSettings(healthTimeout: .seconds(5), bake: .seconds(1), drain: .seconds(1))
        }
        return fixture
    }
}
