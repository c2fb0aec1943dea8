// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import PackStorage
import Testing

private func chunks(_ bytes: [UInt8], reading: Int = 1 << 20) throws -> [PackContent.Chunk] {
    try ContentHasher.content(of: SlowSource(bytes, reading), kind: .other, path: "x").chunks
}

/// Gives at most so many bytes at once.
private final class SlowSource: ByteSource {
    private let source: BytesSource
    private let most: Int

    init(_ bytes: [UInt8], _ most: Int) {
        source = BytesSource(bytes)
        self.most = most
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(most)))
    }
}

@Suite("Chunks")
struct ChunkCutterTests {
    private let bytes = content(4_000_000, seed: 21)

    @Test func areTheContentsBytesAndKeepTheirLimits() throws {
        let found = try chunks(bytes)
        #expect(found.reduce(0) { $0 + $1.length } == bytes.count)
        #expect(found.dropLast().allSatisfy { (16 << 10...256 << 10).contains($0.length) })
        // Half to twice the average that is aimed at.
        #expect((bytes.count / 131_072...bytes.count / 32_768).contains(found.count))
        var start = 0
        for chunk in found {
            #expect(chunk.digest == .ofBytes(Array(bytes[start..<start + chunk.length])))
            start += chunk.length
        }
    }

    @Test func doNotDependOnHowTheContentIsRead() throws {
        let small = Array(bytes[..<600_000])
        #expect(try chunks(small) == chunks(small, reading: 1))
        #expect(try chunks(small) == chunks(small, reading: 16_383))
    }

    /// Promise 7 for one version on any machine: whoever changes where chunks end sees it here.
    @Test func areCutAtTheSamePlacesEverywhere() throws {
        #expect(try chunks(Array(bytes[..<400_000])).map(\.length) == [83942, 70149, 23302, 83333, 70306, 68968])
    }

    @Test func comeBackAfterAnInsertion() throws {
        let before = Set(try chunks(bytes))
        for place in [1, 700_000, 3_999_999] {
            let after = try chunks(Array(bytes[..<place] + [7, 7, 7] + bytes[place...]))
            #expect(after.filter { !before.contains($0) }.count <= 3)
        }
    }

    @Test func ofZerosAreAllOne() throws {
        let zeros = try chunks([UInt8](repeating: 0, count: 1 << 20))
        #expect(zeros.map(\.length) == [256 << 10, 256 << 10, 256 << 10, 256 << 10])
        #expect(Set(zeros).count == 1)
    }
}
