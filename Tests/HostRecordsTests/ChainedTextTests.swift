// SPDX-License-Identifier: Apache-2.0
import HostRecords
import HostSystem
import Testing

struct ChainedTextTests {
    let scratch: Scratch
    let path: HostPath

    init() throws {
        scratch = try Scratch()
        path = scratch.path / "log"
    }

    private func whole() throws -> [UInt8] {
        try ChainedFile.open(path, permissions: 0o600).append(["a": "b"])
        return try FileSystem.readAll(path, limit: 1 << 20)
    }

    /// A stick's log of nothing but line feeds ended the program: one call deep for each of them, and the square in hashes.
    @Test(.timeLimit(.minutes(1)), arguments: [0, 1]) func lineFeedsAreABreak(wholeLines: Int) throws {
        let before = wholeLines == 1 ? try whole() : []
        let tail = [UInt8](repeating: 0x0a, count: 1 << 20)
        #expect(throws: RecordError.chainBroken(path: path, line: wholeLines + 1)) {
            try ChainedText(before + tail, path: path)
        }
    }

    /// Lines that begin as one that voids does: each is held to the bytes before it, which are hashed once.
    @Test(.timeLimit(.minutes(1))) func falseVoidsAreABreak() throws {
        let line = Array(String(repeating: "0", count: 64).utf8) + Array(" {\"sha256\":\"\n".utf8)
        let tail = (0..<20_000).flatMap { _ in line }
        #expect(throws: RecordError.chainBroken(path: path, line: 2)) {
            try ChainedText(whole() + tail, path: path)
        }
    }

    /// Each of these is what a crash can leave.
    @Test(arguments: ["t", "torn", "\u{0}\u{0}", "torn\n"]) func aTearOfOneLine(_ torn: String) throws {
        let text = try ChainedText(try whole() + Array(torn.utf8), path: path)
        #expect(text.tornBytes == torn.utf8.count)
        #expect(text.lines == 1)
    }

    @Test(arguments: ["torn\n\n", "torn\ntorn", "torn\nx\n"]) func moreThanATearIsABreak(_ tail: String) throws {
        #expect(throws: RecordError.chainBroken(path: path, line: 2)) {
            try ChainedText(try whole() + Array(tail.utf8), path: path)
        }
    }
}
