// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import BundleFormat
import Cryptography
import Glibc
import HostSystem
import PackStorage
import Testing
import Trust

@testable import Bundler

struct ReleaseBuilderTests {
    /// With stock tools only, as an auditor would.
    @Test func stockToolsUnpackAndProveIt() async throws {
        let shop = try ReleaseWorkshop()
        let key = try SigningKey.generate()
        let built = try await shop.build(try shop.fill(), shop.request(keys: [key]))
        let out = shop.root / "out"
        try FileSystem.createDirectory(out)
        #expect(try await shop.run("tar", "-C", out.text, "-xf", built.path.text).status == 0)
        let check = try await shop.run("sh", "-c", "cd \(out) && sha256sum -c SHA256SUMS")
        #expect(check.status == 0, "\(check.errorText)")
        #expect(try FileSystem.readAll(out / "docs/notes.md", limit: 100) == Array("read me".utf8))

        let list = try FileSystem.readAll(out / "SHA256SUMS", limit: 1 << 20)
        let signature = try FileSystem.readAll(out / "signatures/\(built.signers[0]).minisig", limit: 1024)
        #expect(try MinisignSignature(file: signature).holds(for: list, by: key.publicKey.key))

        let manifest = try ManifestDocument.decode(try FileSystem.readAll(out / "manifest.json", limit: 1 << 20))
        #expect(manifest.created == "2023-11-14T22:13:20Z")
        #expect(manifest.executables.map(\.path.text) == ["bin/server", "share/web/run.sh"])
        #expect(manifest.symlinks.map(\.target) == ["deep/er"])
        #expect(manifest.source == nil)
        #expect(manifest.tree.files == 8)
        #expect(manifest.tree.directories == 6)
    }

    @Test func whatIsPackedIsWhatWasThere() async throws {
        let shop = try ReleaseWorkshop()
        let built = try await shop.build(try shop.fill(), shop.request())
        let out = shop.root / "out"
        try FileSystem.createDirectory(out)
        #expect(try await shop.run("tar", "-C", out.text, "-xf", built.path.text).status == 0)
        let index = try PackIndex(parsing: try FileSystem.readAll(out / "packs.index", limit: 1 << 20))
        let files = try FileList(parsing: try FileSystem.readAll(out / "files.sha256", limit: 1 << 20))
        let reader = PackReader(index: index, source: PackStore(out / "packs"))
        for (path, from) in [
            ("bin/server", "build/server"), ("share/web/noise", "web/noise"),
            ("share/web/deep/er/empty", "web/deep/er/empty"),
            ("share/notes.md", "notes.md"), ("share/web/copy.html", "web/index.html"),
        ] {
            let place = try #require(ReleasePath(path))
            let digest = try #require(files.digest(of: place))
            let original = try FileSystem.readAll(shop.sources / from, limit: 1 << 20)
            #expect(try reader.bytes(of: digest, limit: 1 << 20) == original)
        }
    }

    /// A content that several files have is read again from one of them, and what a template is checked by is read from its own.
    @Test func readsEachContentAgainFromAFileThatHasIt() throws {
        let shop = try ReleaseWorkshop()
        let recipe = try shop.fill()
        var tree = CollectedTree()
        for source in recipe.sources { tree.add(source) }
        tree.sort()
        let contents = try CollectedContents(tree, recipe) { _ in }
        #expect(contents.files.count == 8)
        for file in contents.files {
            let original = try FileSystem.readAll(file.file.source, limit: 1 << 20)
            for offset in [0, original.count / 2, original.count] {
                let source = try #require(try contents.open(file.content.digest, at: Int64(offset)))
                #expect(try source.bytes(1 << 20) == Array(original[offset...]))
            }
        }
        #expect(try contents.open(.ofBytes([1, 2, 3]), at: 0) == nil)
        let paths = Set(["bin/server", "share/web/copy.html", "nowhere"].compactMap { ReleasePath($0) })
        #expect(
            contents.sources(of: paths).mapValues(\.name).values.sorted() == ["copy.html", "server"])
    }

    /// What is inside is the bundle that would be written without, byte for byte; only who is named opens it.
    @Test func encryptsWhatItWrites() async throws {
        let shop = try ReleaseWorkshop()
        let key = try SigningKey.generate()
        let people = try [AgeIdentity.generate(), AgeIdentity.generate()]
        let plain = try await shop.build(try shop.fill(), shop.request(keys: [key]))
        var request = shop.request("out.bundle.age", keys: [key])
        request.recipients = people.map(\.recipient)
        let built = try await shop.build(try shop.fill(), request)
        #expect(built.releaseDigest == plain.releaseDigest && built.recipients == people.map(\.recipient))
        let file = try HostFile.open(built.path, .read)
        #expect(try file.size() == built.bytes)
        let expected = try FileSystem.readAll(plain.path, limit: 16 << 20)
        for one in people {
            let reader = try AgeReader(file, fileBytes: built.bytes) { [one] }
            var bytes = [UInt8](repeating: 0, count: Int(reader.size))
            #expect(try bytes.withUnsafeMutableBytes { try reader.fill(at: 0, $0) } == expected.count)
            #expect(bytes == expected)
        }
        #expect(throws: AgeError.self) {
            try AgeReader(file, fileBytes: built.bytes) { [try AgeIdentity.generate()] }
        }
        // Nothing in the clear is left beside it.
        #expect(try FileSystem.list(shop.root).sorted() == ["out.bundle", "out.bundle.age", "sources"])
    }

    @Test(arguments: [PackCodec.xz(preset: 1), .zstd(level: 3), .raw])
    func theSameInputsGiveTheSameBytes(codec: PackCodec) async throws {
        let key = try SigningKey.generate()
        var found: [[UInt8]] = []
        for (jobs, mask) in [(1, mode_t(0o022)), (5, 0o077)] {
            let shop = try ReleaseWorkshop()
            let before = umask(mask)
            defer { umask(before) }
            let built = try await shop.build(try shop.fill(), shop.request(codec: codec, jobs: jobs, keys: [key]))
            #expect(try FileSystem.status(built.path)?.permissions == 0o644)
            found.append(try FileSystem.readAll(built.path, limit: 1 << 24))
            #expect(try shop.leftovers == ["out.bundle"])
        }
        #expect(found[0] == found[1])
    }

    @Test func theSignatureAreaNeverMovesAnotherByte() async throws {
        let shop = try ReleaseWorkshop()
        let recipe = try shop.fill()
        let keys = try (0..<16).map { _ in try SigningKey.generate() }
        var tails: [ArraySlice<UInt8>] = []
        for count in [0, 1, 16] {
            let request = shop.request("\(count).bundle", keys: Array(keys[..<count]) + keys[..<min(count, 1)])
            let built = try await shop.build(recipe, request)
            #expect(built.signers.count == count)
            let bytes = try FileSystem.readAll(built.path, limit: 1 << 24)
            let manifest = try #require(bytes.firstRange(of: Array("manifest.json\u{0}".utf8)))
            #expect(manifest.lowerBound % 512 == 0)
            tails.append(bytes[manifest.lowerBound...])
        }
        #expect(tails[0] == tails[1] && tails[1] == tails[2])
    }

    @Test func gitSaysWhereTheSourcesStand() async throws {
        let shop = try ReleaseWorkshop()
        let recipe = try shop.fill()
        let git = "git -C \(shop.sources) -c user.name=t -c user.email=t@example.com"
        let script = "git init -q \(shop.sources) && \(git) add -A && \(git) commit -qm one --date=@1600000000"
        let committed = try await SystemCommandRunner().run(
            Command(["sh", "-c", script], environment: ["GIT_COMMITTER_DATE": "@1600000000 +0000"]))
        try #require(committed.status == 0, "\(committed.errorText)")
        var request = shop.request("sources/first.bundle")
        request.sourceDate = nil
        let clean = try await shop.build(recipe, request)
        #expect(clean.created == "2020-09-13T12:26:40Z")
        #expect(clean.source?.dirty == false)
        // The bundle of the first run lies in the tree now; it must not make the second one differ.
        request.output = shop.sources / "second.bundle"
        #expect(try await shop.build(recipe, request).releaseDigest == clean.releaseDigest)
        try shop.put("notes.md", "changed")
        request.output = shop.root / "third.bundle"
        #expect(try await shop.build(recipe, request).source?.dirty == true)
    }
}
