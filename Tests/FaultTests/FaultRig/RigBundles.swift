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

    private func path(_ version: String) -> HostPath { place / "lake-\(version)-amd64.bundle" }

    func make(_ versions: [String]) throws {
        try FileSystem.createDirectories(place)
        let key = try SigningKey.generate()
        for version in versions {
            var fixture = try fixture(version)
            fixture.keys = [key]
            try FileSystem.write(try fixture.bytes(), to: path(version))
        }
        try FileSystem.write(key.publicKey.file, to: place / "key")
    }

    func head(_ version: String) throws -> ProvenHead {
        let key = try MinisignPublicKey(file: FileSystem.readAll(place / "key", limit: 4096))
        return try UnverifiedBundle.open(path(version)).proveHead(by: Keyring(keys: [key]))
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
