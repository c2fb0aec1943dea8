// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Cryptography
import HostRecords
import HostSystem
import PackStorage
import Reporting
import TestSupport
import Testing
import Trust

@testable import EngineFakes
@testable import Installer

/// More releases of the product that the host runs.
extension AuditedHost {
    /// One that is like what is installed, but for its version and these files.
    func fixture(_ version: String, _ files: [String: String] = [:]) throws -> BundleFixture {
        var fixture = try AuditedHost.lake()
        fixture.keys = [key]
        fixture.version = version
        fixture.files.merge(files) { $1 }
        return fixture
    }

    func source(_ fixture: BundleFixture, on layout: HostLayout? = nil) throws -> BundleSource {
        let bundle = root / "\(fixture.version)\(fixture.bases.isEmpty ? "" : ".delta").bundle"
        try FileSystem.write(try fixture.bytes(), to: bundle)
        let head = try UnverifiedBundle.open(bundle).proveHead(by: Keyring(keys: [key.publicKey]))
        return try BundleSource(head, layout: layout ?? self.layout)
    }

    /// What a delta says it was made against.
    var serving: PackIndex.Base {
        get throws {
            let active = try #require(try host.installation().store.load()?.active)
            return PackIndex.Base(version: active.version, digest: active.digest)
        }
    }

    func install(_ source: BundleSource) async throws {
        try source.findNeeded()
        let installation = host.installation()
        let prepared = try await installation.prepare(.install, source)
        try await installation.run(prepared)
        try log("install")
    }

    /// Whether the release directory is what its signed list says.
    func isWhole(_ source: BundleSource) throws -> Bool {
        let release = layout.release(source.directory)
        return try source.head.files.entries.allSatisfy {
            Digest.ofBytes(try FileSystem.readAll(release / $0.path.text, limit: 1 << 20)) == $0.digest
        }
    }
}
