// SPDX-License-Identifier: Apache-2.0
import Archives
import BundleFormat
import Testing

/// Keeps what it is given, up to a limit.
final class Collector: ByteSink, ByteSource {
    var bytes: [UInt8]
    var limit: Int
    private var position = 0

    struct Full: Error, Equatable {}

    init(_ bytes: [UInt8] = [], limit: Int = .max) {
        self.bytes = bytes
        self.limit = limit
    }

    func write(_ more: UnsafeRawBufferPointer) throws {
        guard bytes.count + more.count <= limit else { throw Full() }
        bytes += more
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let part = bytes[position..<min(bytes.count, position + min(buffer.count, 1000))]
        buffer.copyBytes(from: part)
        position += part.count
        return part.count
    }
}

@Suite struct ContainerWriterTests {
    static let members: [(MemberName, [UInt8])] = [
        (.readme, Array("hello\n".utf8)), (.manifest, [UInt8](repeating: 1, count: 512)), (.fileList, []),
        (.packIndex, [UInt8](repeating: 2, count: 100_001)),
    ]

    static func written(limit: Int = .max) throws -> [UInt8] {
        let collector = Collector(limit: limit)
        let writer = try ContainerWriter(to: collector)
        for (name, bytes) in members { try writer.add(name, size: Int64(bytes.count), from: Collector(bytes)) }
        try writer.finish()
        #expect(writer.position == collector.bytes.count)
        return collector.bytes
    }

    /// The whole file, byte by byte, is what format §4 says: our headers, data, zeros, two zero blocks.
    @Test func writesTheOneSpelling() throws {
        var expected: [UInt8] = []
        for (name, bytes) in Self.members {
            let header = try MemberHeader(name: name.description, size: Int64(bytes.count))
            expected += header.bytes + bytes + [UInt8](repeating: 0, count: header.paddingBytes)
        }
        expected += [UInt8](repeating: 0, count: 1024)
        #expect(try Self.written() == expected)
    }

    @Test(arguments: [
        "n", String(repeating: "dddd/", count: 18) + "abcde", "docs/" + String(repeating: "x", count: 95),
    ])
    func headersAreLibarchives(path: String) throws {
        let name = "docs/" + path.suffix(95)
        for size in [0, 1, 511, 512, 513, 100_000] {
            let collector = Collector()
            let writer = try ContainerWriter(to: collector)
            let member = try #require(MemberName(name))
            try writer.begin(member, size: Int64(size))
            #expect(collector.bytes == (try MemberHeader(name: name, size: Int64(size)).bytes))
        }
    }

    @Test func headerOfALargeMember() throws {
        let collector = Collector()
        let writer = try ContainerWriter(to: collector)
        for size in [(1 << 31) - 1, 1 << 31, (1 << 32) + 1, (1 << 33) - 1] as [Int64] {
            let own = try ContainerWriter(to: collector)
            collector.bytes = []
            try own.begin(.manifest, size: size)
            #expect(collector.bytes == (try MemberHeader(name: "manifest.json", size: size).bytes))
        }
        #expect(throws: FormatError.badHeader(.badSize)) { try writer.begin(.manifest, size: 1 << 33) }
    }

    @Test func refusesWrongSizes() throws {
        let writer = try ContainerWriter(to: Collector())
        try writer.begin(.readme, size: 3)
        #expect(throws: ArchiveError.wrongMemberSize(name: "README.txt", declared: 3, given: 4)) {
            try writer.write(UnsafeRawBufferPointer(start: nil, count: 0))
            try [1, 2, 3, 4].withUnsafeBytes { try writer.write(UnsafeRawBufferPointer(rebasing: $0[..<4])) }
        }
        #expect(throws: ArchiveError.wrongMemberSize(name: "README.txt", declared: 3, given: 0)) {
            try writer.begin(.manifest, size: 1)
        }
    }

    @Test(arguments: [0, 511, 512, 600, 1100, 50_000])
    func passesTheSinksErrorOn(limit: Int) {
        #expect(throws: Collector.Full.self) { try Self.written(limit: limit) }
    }

    @Test func tarReaderReadsItBack() throws {
        let reader = try TarReader(Collector(Self.written()))
        for (name, bytes) in Self.members {
            let entry = try #require(try reader.next())
            #expect(entry.path == name.description && entry.kind == .file && entry.size == bytes.count)
            #expect(entry.permissions == 0o644)
            let data = UnsafeMutableRawBufferPointer.allocate(byteCount: 200_000, alignment: 1)
            defer { data.deallocate() }
            var found: [UInt8] = []
            while case let count = try reader.read(into: data), count > 0 { found += data[..<count] }
            #expect(found == bytes)
        }
        #expect(try reader.next() == nil)
    }

    @Test func tarReaderThrowsOnDamage() throws {
        let whole = try Self.written()
        // Cut off in the data of the last member: never a clean end.
        let cut = try TarReader(Collector(Array(whole[..<50_000])))
        #expect(throws: ArchiveError.self) { while try cut.next() != nil {} }
        #expect(throws: ArchiveError.self) {
            let reader = try TarReader(Collector(Array("#!/bin/sh\n".utf8) + [UInt8](repeating: 65, count: 4096)))
            while try reader.next() != nil {}
        }
    }
}
