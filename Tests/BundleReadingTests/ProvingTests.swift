// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Cryptography
import HostSystem
import Testing
import TestSupport
import Trust

/// Opens, proves and verifies a file; what `verify` does.
func verify(_ path: HostPath, _ keyring: Keyring) throws -> VerifiedBundle {
    try UnverifiedBundle.open(path).proveHead(by: keyring).verifyBody()
}

@Suite struct ProvingTests {
    @Test func provesAGoodBundle() throws {
        let (fixture, key) = try BundleFixture.signed()
        let scratch = try ScratchDirectory()
        let bytes = try fixture.bytes()
        let path = try scratch.write("a.bundle", bytes)
        let bundle = try UnverifiedBundle.open(path)
        #expect(bundle.claimed.identity.description == "demo 1.2.3 amd64")
        let head = try bundle.proveHead(by: Keyring(keys: [key.publicKey]))
        #expect(head.verdict.established.map(\.fingerprint) == [key.publicKey.fingerprint])
        #expect(head.manifest.services.keys.sorted() == ["web"])
        #expect(head.files.count == 4 && head.releaseDigest == Digest.ofBytes(head.manifestBytes))
        let paths = try ["docs/UPGRADE.md", "docs/no"].map { try #require(ReleasePath($0)) }
        #expect(try head.readMember(.document(paths[0])) == Array(try #require(fixture.files["docs/UPGRADE.md"]).utf8))
        #expect(throws: BundleError.noSuchMember("docs/no")) { try head.readMember(.document(paths[1])) }
        var last: Int64 = 0
        let verified = try head.verifyBody { done, total in
            #expect(done > last && total == bytes.count)
            last = done
        }
        #expect(verified.members.count == 4)
        #expect(last > bytes.count - 3 * 512 - 1024)
    }

    @Test func stagesWhatItProved() throws {
        let (fixture, key) = try BundleFixture.signed()
        let scratch = try ScratchDirectory()
        let path = try scratch.write("a.bundle", fixture.bytes())
        let head = try UnverifiedBundle.open(path).proveHead(by: Keyring(keys: [key.publicKey]))
        let target = scratch.path / "staged"
        try FileSystem.createDirectories(target, permissions: 0o700)
        let held = head.packs.packs[0].digest
        let staged = try head.stageBody(into: target, held: [held])
        for member in staged.members {
            let file = target / member.name.description
            if member.digest == held {
                #expect(try FileSystem.status(file) == nil)
            } else {
                #expect(Digest.ofBytes(try FileSystem.readAll(file, limit: 1 << 20)) == member.digest)
                #expect(try FileSystem.status(file)?.permissions == 0o600)
            }
        }
        // What is there already is never written over.
        #expect(throws: SystemCallError.self) { try head.stageBody(into: target) }
    }

    @Test func unsignedAndForeignAreRefused() throws {
        let scratch = try ScratchDirectory()
        let stranger = try SigningKey.generate()
        var (fixture, key) = try BundleFixture.signed()
        let keyring = Keyring(keys: [key.publicKey])
        fixture.keys = []
        let unsigned = try scratch.write("unsigned", fixture.bytes())
        #expect(throws: TrustError.unsigned) { try verify(unsigned, keyring) }
        let open = try UnverifiedBundle.open(unsigned)
        let digest = Digest.ofBytes(open.claimed.checksums)
        #expect(try open.proveHead(by: keyring, allowingUnsigned: digest).verdict.established.isEmpty)
        #expect(throws: TrustError.self) { try open.proveHead(by: keyring, allowingUnsigned: Digest.ofBytes([])) }
        fixture.keys = [stranger]
        let foreign = try scratch.write("foreign", fixture.bytes())
        #expect(throws: TrustError.self) { try verify(foreign, keyring) }
        fixture.keys = [key, stranger]
        let both = try scratch.write("both", fixture.bytes())
        #expect(try verify(both, keyring).head.verdict.unknown.count == 1)
    }

    /// A verdict on one bundle does not open another.
    @Test func verdictBelongsToItsBundle() throws {
        let scratch = try ScratchDirectory()
        var (fixture, key) = try BundleFixture.signed()
        let good = try UnverifiedBundle.open(scratch.write("good", fixture.bytes()))
        let verdict = try good.proveHead(by: Keyring(keys: [key.publicKey])).verdict
        fixture.files["bin/web"] = "evil"
        fixture.keys = []
        let bad = try UnverifiedBundle.open(scratch.write("bad", fixture.bytes()))
        #expect(throws: TrustError.self) { try bad.proveHead { _ in verdict } }
    }

    /// What a signer got wrong is refused although the signature is good.
    @Test func signedContradictionsAreRefused() throws {
        let scratch = try ScratchDirectory()
        let (good, key) = try BundleFixture.signed()
        var cases: [(String, BundleFixture)] = []
        func add(_ what: String, _ change: (inout BundleFixture) -> Void) {
            var fixture = good
            change(&fixture)
            cases.append((what, fixture))
        }
        add("another version") { $0.changeManifest = { $0.version = Version(major: 9, minor: 0, patch: 0) } }
        add("another architecture") { $0.changeManifest = { $0.arch = .arm64 } }
        add("another name") { $0.changeManifest = { $0.name = ReleaseName("other") ?? $0.name } }
        add("wrong tree digest") { $0.changeManifest = { $0.tree.sha256 = Digest.ofBytes([1]) } }
        add("wrong number of files") { $0.changeManifest = { $0.tree.files += 1 } }
        add("wrong number of directories") { $0.changeManifest = { $0.tree.directories += 1 } }
        add("wrong total") { $0.changeManifest = { $0.tree.bytes += 1 } }
        add("link over a file") { $0.symlinks["bin/web"] = "x" }
        add("link as a directory") { $0.symlinks["bin"] = "x" }
        add("link below a file") { $0.symlinks["bin/web/x"] = "../y" }
        add("link below a link") { $0.symlinks["bin/www/x"] = "y" }
        add("link that leaves") { $0.symlinks["bin/out"] = "../../etc" }
        add("executable that is not there") {
            $0.changeManifest = {
                $0.executables += [Executable(path: ReleasePath("bin/zzz") ?? $0.executables[0].path)]
            }
        }
        add("document that is not there") { $0.changeManifest = { $0.docs.changelog = ReleasePath("docs/no") } }
        add("image that no pack holds") {
            let digest = Digest.ofBytes([9])
            $0.changeManifest = {
                $0.images["x"] = Image(kind: "docker-archive", config: Image.Blob(digest: digest, bytes: 1), layers: [])
            }
        }
        add("unknown key") { $0.changeManifestBytes = { $0 = $0.dropLast(3) + Array(",\n \"z\": 1\n}\n".utf8) } }
        add("another format") { $0.changeManifest = { $0.format = "bundle-manifest/2" } }
        add("checksums without a pack") {
            $0.changeChecksums = { sums in sums = sums.split(separator: 10).dropLast().flatMap { Array($0) + [10] } }
        }
        add("checksums with another first line") {
            $0.changeChecksums = { sums in
                var lines = sums.split(separator: 10)
                lines.swapAt(0, 1)
                sums = lines.flatMap { Array($0) + [10] }
            }
        }
        for (what, fixture) in cases {
            let path = try scratch.write("case", fixture.bytes())
            #expect(throws: (any Error).self, "\(what)") { try verify(path, Keyring(keys: [key.publicKey])) }
        }
        _ = try verify(scratch.write("good", good.bytes()), Keyring(keys: [key.publicKey]))
    }

    @Test func tellsWhatIsNoBundle() throws {
        let scratch = try ScratchDirectory()
        let keyring = Keyring(keys: [])
        #expect(throws: BundleError.empty) { try verify(scratch.write("empty", []), keyring) }
        #expect(throws: BundleError.notABundle) { try verify(scratch.write("text", Array("hello".utf8)), keyring) }
        #expect(throws: BundleError.encrypted) {
            try verify(scratch.write("age", Array("age-encryption.org/v1\n".utf8)), keyring)
        }
        #expect(throws: BundleError.notAFile(path: scratch.path.text)) { try verify(scratch.path, keyring) }
        #expect(throws: SystemCallError.self) { try verify(scratch.path / "none", keyring) }
    }

    /// A damaged pack is named with what it feeds.
    @Test func namesWhatIsDamaged() throws {
        let (fixture, key) = try BundleFixture.signed()
        let scratch = try ScratchDirectory()
        var bytes = try fixture.bytes()
        let wanted = Array("<p>hello</p>".utf8)
        let at = try #require(bytes.indices.first { bytes[$0...].starts(with: wanted) })
        bytes[at] ^= 1
        let path = try scratch.write("a", bytes)
        let error = #expect(throws: BundleError.self) { try verify(path, Keyring(keys: [key.publicKey])) }
        guard case .wrongDigest(let member, let offset, 13, _, _, let feeds) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(member.hasPrefix("packs/") && offset == Int64(at) && feeds == ["share/page.html"])
    }
}
