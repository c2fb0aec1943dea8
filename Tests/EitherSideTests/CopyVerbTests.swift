// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Commands
import Cryptography
import HostSystem
import TestSupport
import Testing
import Trust

/// `bundle copy`: what is on the medium afterwards, and what an interrupted one left is used for.
@Suite struct CopyVerbTests {
    let scratch: ScratchDirectory
    let bytes: [UInt8]
    let bundle: HostPath
    let key: String
    let program: String
    let stick: HostPath

    init() throws {
        let (base, signer) = try BundleFixture.signed()
        var fixture = base
        fixture.files["share/large"] = String(repeating: "a line of a page\n", count: 150_000)
        bytes = try fixture.bytes()
        scratch = try ScratchDirectory()
        bundle = try scratch.write("a.bundle", bytes)
        key = try scratch.write("key.pub", signer.publicKey.file).text
        program = try scratch.write("tool", Array("the program".utf8)).text
        _ = try scratch.write("tool.minisig", Array("its signature".utf8))
        stick = scratch.path / "stick"
        try FileSystem.createDirectory(stick)
    }

    private func copy(_ source: HostPath? = nil, to target: HostPath? = nil) async -> Int32 {
        await Entry.run([
            "copy", (source ?? bundle).text, (target ?? stick).text, "--pubkey", key, "--program", program,
        ])
    }

    private func there(_ name: String) throws -> [UInt8] { try FileSystem.readAll(stick / name, limit: 1 << 23) }

    @Test func putsTheInstallerBeside() async throws {
        #expect(await copy() == 0)
        #expect(try FileSystem.list(stick) == ["a.bundle", "bootstrap.sh", "bundle", "bundle.minisig"])
        #expect(try there("a.bundle") == bytes && there("bundle") == Array("the program".utf8))
        let here = HostPath(#filePath).parent.parent.parent
        #expect(try there("bootstrap.sh") == FileSystem.readAll(here / "install/bootstrap.sh", limit: 1 << 16))
        #expect(try FileSystem.status(stick / "bundle")?.permissions == 0o755)
        // Again: nothing is written twice, and a file that went bad is mended.
        let before = try FileSystem.status(stick / "a.bundle")?.inode
        #expect(await copy() == 0)
        #expect(try FileSystem.status(stick / "a.bundle")?.inode == before)
        try HostFile.open(stick / "a.bundle", .change).write([1, 2, 3], at: 60_000)
        #expect(await copy() == 0)
        #expect(try there("a.bundle") == bytes)
    }

    /// What was written is used as far as it is right, and no further.
    @Test func goesOnWhereItWas() async throws {
        let left = stick / ".bundle-tmp-copy-a.bundle"
        let partials: [[UInt8]] = [
            Array(bytes.prefix(1_500_000)), Array(bytes.prefix(10)), Array(bytes.prefix(1_100_000)) + [9, 9, 9],
            bytes + [7],
        ]
        for partial in partials {
            _ = try FileSystem.remove(stick / "a.bundle")
            try FileSystem.write(partial, to: left)
            let inode = try FileSystem.status(left)?.inode
            #expect(await copy() == 0)
            #expect(try there("a.bundle") == bytes)
            #expect(try FileSystem.status(stick / "a.bundle")?.inode == inode)
            #expect(try !FileSystem.exists(left))
        }
    }

    @Test func copiesParts() async throws {
        let pieces = stride(from: 0, to: bytes.count, by: 900_000).map {
            Array(bytes[$0..<min(bytes.count, $0 + 900_000)])
        }
        let list = PartList(whole: "p.bundle", digests: pieces.map { Digest.ofBytes($0) })
        let listPath = try scratch.write("p.bundle.parts", list.bytes)
        for (index, piece) in pieces.enumerated() { _ = try scratch.write(list.name(index + 1), piece) }
        #expect(await copy(listPath) == 0)
        #expect(try there("p.bundle.parts") == list.bytes)
        for (index, piece) in pieces.enumerated() { #expect(try there(list.name(index + 1)) == piece) }
    }

    @Test func refusesBeforeItWrites() async throws {
        #expect(await copy(to: scratch.path / "none") == 1)
        try HostFile.open(bundle, .change).write([1, 2, 3], at: 40_000)
        #expect(await copy() == 65)
        #expect(try FileSystem.list(stick).isEmpty)
    }
}
