// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import TestSupport

/// Packs that refer to an older content (format §17), in a delta whose program is coded so: what can be seen of them without that
/// content. Their one stream is put together by hand, so that no version of liblzma decides about the published bytes.
enum CodedDeltas {
    private static let base = Digest.ofBytes(Array("the release before".utf8))
    private static let old = Array("#!/bin/sh\nexec sleep 2000\n".utf8)
    private static var older: Digest { .ofBytes(old) }

    static func vectors() throws -> [Vector] {
        [
            try made("good-delta-coded", .good, [], "A delta whose program is coded against an older one."),
            try index("coded-bare", .line, [18], "A pack of the codec delta without what it refers to.") {
                $0.exchange(" \(older.hex)\npack ", "\npack ")
            },
            try index("coded-not-needed", .line, [18], "What a pack refers to is not needed of the host.") {
                $0.exchange(" \(older.hex)\npack ", " \(base.hex)\npack ")
            },
            try index("coded-in-full", .line, [18], "A pack of the codec delta in a bundle that needs nothing.") {
                $0.exchange("base 1.0.0 \(base.hex)\nneeds \(older.hex) \(old.count)\n", "")
            },
            try index("coded-twice", .line, [18], "A pack of the codec delta with two contents behind it.") {
                $0.exchange(" \(older.hex)\npack ", " \(older.hex) \(older.hex)\npack ")
            },
            try index("coded-raw", .line, [18], "A pack that is stored as it is refers to an older content.") {
                $0.exchange(" raw 13 13\n", " raw 13 13 \(older.hex)\n")
            },
            try head("coded-mark", "The pack's mark is another.") { $0[0] ^= 1 },
            try head("coded-other-older", "The pack's head names another older content than the index.") { $0[8] ^= 1 },
            try head("coded-other-size", "The pack's head gives the older content another size than the index.") {
                $0[40] ^= 1
            },
            try head("coded-other-length", "The pack's head gives another length than the index.") { $0[48] ^= 1 },
            try head("coded-segments", "The pack has no segment by its head.") { $0[56] = 0 },
            try head("coded-short", "The pack ends inside of its head.") { $0.removeLast($0.count - 63) },
        ]
    }

    private static func index(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String,
        _ change: @escaping (inout [UInt8]) -> Void
    ) throws -> Vector {
        try made(name, expected, rows, about, changeIndex: change)
    }

    /// The digest of the pack is right again: it was signed so.
    private static func head(_ name: String, _ about: String, _ change: @escaping (inout [UInt8]) -> Void) throws
        -> Vector
    {
        try made(name, .pack, [5], about, changePack: change)
    }

    private static func made(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String,
        changePack: @escaping (inout [UInt8]) -> Void = { _ in },
        changeIndex: @escaping (inout [UInt8]) -> Void = { _ in }
    ) throws -> Vector {
        try Sample.made(name, expected, rows, about) { fixture in
            fixture.bases = Version("1.0.0").map { [PackIndex.Base(version: $0, digest: base)] } ?? []
            fixture.older = [PackIndex.Need(digest: older, size: Int64(old.count))]
            fixture.recode = { path, bytes in
                guard path == "bin/web" else { return nil }
                var stored = pack(bytes)
                changePack(&stored)
                return BundleFixture.StoredForm(.delta, stored, older: older)
            }
            fixture.changePackIndex = changeIndex
        }
    }

    /// One segment without copies, whose literals stand in one chunk of LZMA2 as they are.
    private static func pack(_ bytes: [UInt8]) -> [UInt8] {
        let stream = [1, UInt8((bytes.count - 1) >> 8), UInt8((bytes.count - 1) & 255)] + bytes + [0]
        let head =
            Array("bndelta1".utf8) + older.bytes + Checksums.little(UInt64(old.count), 8)
            + Checksums.little(UInt64(bytes.count), 8) + Checksums.little(1, 4) + Checksums.little(0, 4)
        let window = Checksums.little(0, 8) + Checksums.little(UInt64(old.count), 4) + Checksums.little(0, 4)
        let streams = [0, 0, 0, 0, 0, stream.count].flatMap { Checksums.little(UInt64($0), 4) }
        return head + Checksums.little(UInt64(bytes.count), 4) + Checksums.little(0, 4) + window + streams + stream
    }
}
