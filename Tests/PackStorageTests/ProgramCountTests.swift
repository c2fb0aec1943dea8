// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import PackStorage
import Testing

/// What a layer's tar keeps: files that begin at blocks of 512 bytes.
private func archive(_ machines: [UInt8], at offset: Int = 0) -> [UInt8] {
    var bytes = content(512, seed: 1) + [UInt8](repeating: 7, count: offset)
    for machine in machines {
        bytes += [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, machine, 0]
        bytes += content(1024 - 20, seed: UInt64(machine))
    }
    return bytes
}

private func kind(_ bytes: [UInt8], reading: Int = 1 << 20) throws -> PackContent.Kind {
    var hasher = ContentHasher()
    for start in stride(from: 0, to: bytes.count, by: reading) {
        Array(bytes[start..<min(start + reading, bytes.count)]).withUnsafeBytes { hasher.update($0) }
    }
    return hasher.content(kind: .other, path: "images/a/layer-0").kind
}

@Suite("Layers with programs")
struct ProgramCountTests {
    @Test(arguments: [1, 7, 19, 20, 21, 511, 512, 513, 4096])
    func areFoundHoweverTheyAreRead(reading: Int) throws {
        #expect(try kind(archive([62]), reading: reading) == .machineCode(.amd64))
        #expect(try kind(archive([183, 183, 62]), reading: reading) == .machineCode(.arm64))
        #expect(try kind(archive([3]), reading: reading) == .other)
        #expect(try kind(archive([62], at: 1), reading: reading) == .other)
    }

    @Test func areNotLookedForInWhatIsCompressed() throws {
        #expect(try kind([0x1f, 0x8b] + archive([62]).dropFirst(2)) == .compressed)
    }

    /// A reader has 32 MiB for a dictionary, however large the pack (format §11): the byte behind the filter's name says 2^25.
    @Test func aLargePackAsksAReaderForNoLargerDictionary() async throws {
        let big = try PackWorkshop([("big", content(40 << 20, seed: 8), .other)])
        let index = try await big.pack(.xz(preset: 0))
        #expect(index.packs.map(\.unpackedBytes) == [40 << 20])
        let head = try FileSystem.readAll(big.store.path(of: index.packs[0]), limit: 64 << 20).prefix(17)
        #expect(Array(head.suffix(3)) == [0x21, 1, 26])
    }
}
