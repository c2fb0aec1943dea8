// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import TestSupport

/// Packs, signed by the right key, that are not what packs.index says of them. The bundle itself proves: what is wrong shows
/// when a pack is decoded, and nothing of it may be taken (format §11).
enum PackFaults {
    static func vectors() throws -> [Vector] { try xz() + zstd() + contents() }

    private static func pack(
        _ name: String, _ rows: [Int], _ about: String, _ form: @escaping ([UInt8]) -> BundleFixture.StoredForm
    ) throws -> Vector {
        try Sample.made("pack-" + name, .pack, rows, about, kind: .unpack) {
            $0.recode = { path, bytes in path == Sample.page ? form(bytes) : nil }
        }
    }

    private static func xz() throws -> [Vector] {
        func xz(_ name: String, _ rows: [Int], _ about: String, _ change: @escaping ([UInt8]) -> [UInt8]) throws
            -> Vector
        {
            try pack("xz-" + name, rows, about) { BundleFixture.StoredForm(.xz, change($0)) }
        }
        return [
            try xz("bomb", [19], "270 bytes that unpack to 1 MiB, where 13 are declared.") { _ in Bomb.mebibyte },
            try pack("xz-short", [19], "A pack that unpacks to less than is declared.") {
                BundleFixture.StoredForm(.xz, XZFile().bytes(Array($0.dropLast())), unpackedBytes: Int64($0.count))
            },
            try xz("dictionary", [19], "A pack whose dictionary is 1.5 GiB.") { XZFile(dictionary: 37).bytes($0) },
            try xz("unchecked", [19], "A pack without a checksum.") { XZFile(check: 0).bytes($0) },
            try xz("two-streams", [4], "A second xz stream behind the first.") {
                XZFile().bytes($0) + XZFile().bytes([])
            },
            try xz("padding", [4], "Stream padding behind the stream.") { XZFile().bytes($0) + [0, 0, 0, 0] },
            try xz("cut", [3], "A pack that ends in its middle.") { Array(XZFile().bytes($0).dropLast(12)) },
            try xz("checksum", [2], "A pack whose own checksum is wrong.") {
                var bytes = XZFile().bytes($0)
                bytes[44] ^= 1
                return bytes
            },
            try xz("lzma", [31], "An .lzma file: a form that liblzma would know and no pack has.") {
                [0x5d, 0, 0, 0x80, 0] + Checksums.little(UInt64($0.count), 8) + [0, 0, 0, 0, 0]
            },
            try xz("is-zstd", [15, 31], "A zstd frame under the name of xz.") { ZstdFile.plain($0) },
        ]
    }

    private static func zstd() throws -> [Vector] {
        func zstd(_ name: String, _ rows: [Int], _ about: String, _ change: @escaping ([UInt8]) -> [UInt8]) throws
            -> Vector
        {
            try pack("zstd-" + name, rows, about) { BundleFixture.StoredForm(.zstd, change($0)) }
        }
        return [
            try zstd("bomb", [19], "4 KiB that unpack to 128 MiB, where 13 bytes are declared.") { _ in
                ZstdFile.zeros(blocks: 1024)
            },
            try pack("zstd-full-bomb", [19], "A pack that unpacks to one block more than the 64 MiB that are declared.")
            { _ in
                BundleFixture.StoredForm(.zstd, ZstdFile.zeros(blocks: 513), unpackedBytes: 64 << 20)
            },
            try zstd("window", [19], "A frame whose window is 2 GiB.") { _ in ZstdFile.zeros(blocks: 1, window: 0xa8) },
            try zstd("two-frames", [4], "A second frame behind the first.") { ZstdFile.plain($0) + ZstdFile.plain([]) },
            try zstd("skippable", [4], "A frame that decoders pass over behind the first.") {
                ZstdFile.plain($0) + ZstdFile.skippable([1, 2, 3])
            },
            try zstd("skippable-first", [4], "A frame that decoders pass over before the first.") {
                ZstdFile.skippable([1, 2, 3]) + ZstdFile.plain($0)
            },
            try zstd("only-skippable", [4, 19], "Nothing but a frame that decoders pass over.") {
                ZstdFile.skippable($0)
            },
            try zstd("cut", [3], "A frame that ends in its middle.") { Array(ZstdFile.plain($0).dropLast(4)) },
            try zstd("is-gzip", [31], "A gzip file under the name of zstd.") { Gzip.pack($0) },
        ]
    }

    private static func contents() throws -> [Vector] {
        [
            try pack("other-content", [5], "A pack that unpacks to other bytes of the right number.") {
                BundleFixture.StoredForm(.xz, XZFile().bytes($0.map { $0 ^ 1 }))
            },
            try pack("raw-other-content", [5], "A raw pack with other bytes of the right number.") {
                BundleFixture.StoredForm(.raw, $0.map { $0 ^ 1 })
            },
            try Sample.made(
                "pack-crossed-ranges", .pack, [5], "Two contents of one size have each other's ranges in packs.index.",
                kind: .unpack
            ) {
                $0.files["share/a"] = "alpha\n"
                $0.files["share/b"] = "gamma\n"
                $0.changePackIndex = { index in
                    let pair = index.textLines.indices.filter {
                        let words = String(decoding: index.textLines[$0], as: UTF8.self).split(separator: " ")
                        return words[0] == "content" && words[2] == "6"
                    }
                    let tails = pair.map { Array(index.textLines[$0].dropFirst(72)) }
                    index.textLines[pair[0]] = Array(index.textLines[pair[0]].prefix(72)) + tails[1]
                    index.textLines[pair[1]] = Array(index.textLines[pair[1]].prefix(72)) + tails[0]
                }
            },
        ]
    }
}
