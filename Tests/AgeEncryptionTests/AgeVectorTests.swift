// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import BundleFormat
import Compression
import Cryptography
import HostSystem
import Testing

enum VectorFolder {
    static let path: HostPath = "../shared/vectors/age"
    static var isPresent: Bool { (try? FileSystem.exists(path)) == true }
    static var names: [String] { ((try? FileSystem.list(path)) ?? []).sorted() }
}

/// C2SP's vectors for age, one success or failure each. Every one of X25519, headers and STREAM must end as it demands; what
/// is not built (armor, scrypt, the post-quantum hybrid) must be refused by its name.
@Suite(.enabled(if: VectorFolder.isPresent, "the folder ../shared/vectors is not there"))
struct AgeVectorTests {
    struct Vector {
        var fields: [String: [String]] = [:]
        var file: [UInt8]

        init(_ bytes: [UInt8]) throws {
            file = bytes
            while let feed = file.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: file[..<feed], as: UTF8.self)
                file = Array(file[(feed + 1)...])
                guard !line.isEmpty else { break }
                let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingPrefix { $0 == " " } }
                fields[String(parts[0]), default: []].append(String(parts[1]))
            }
            if fields["compressed"] == ["zlib"] {
                file = try #require(try ZlibDecoder.bytes(of: file, limit: 32 << 20))
            }
        }

        var isPostQuantum: Bool { fields["identity", default: []].contains { $0.hasPrefix("AGE-SECRET-KEY-PQ-") } }
        var isArmored: Bool { fields["armored"] != nil }
    }

    static func read(_ name: String) throws -> Vector {
        try Vector(FileSystem.readAll(VectorFolder.path / name, limit: 1 << 20))
    }

    @Test(arguments: VectorFolder.names) func ends(_ name: String) throws {
        let vector = try AgeVectorTests.read(name)
        let text = vector.fields["identity", default: []].joined(separator: "\n")
        if vector.isPostQuantum {
            // Its identity is refused before the file is looked at.
            let line = vector.fields["identity"]?.firstIndex { $0.hasPrefix("AGE-SECRET-KEY-PQ-") } ?? 0
            #expect(Age.error { _ = try Age.identities(text) } == .key(.kind(.hybrid), line: line + 1))
            return
        }
        let identities = text.isEmpty ? [] : try Age.identities(text)
        let expected = try #require(vector.fields["expect"]?.first)
        var plain: AgeReader?
        let found = Age.error { plain = try AgeReader(bytes: vector.file, identities) }
        if vector.isArmored {
            // Whether or not it would decode. Garbage before it makes it no age file at all.
            #expect(
                [.armored, .header(.notAge, offset: 0)].contains(found), "\(String(describing: found)), \(expected)")
            return
        }
        if vector.fields["passphrase"] != nil {
            switch found {
            case .passphrase, .header(.passphraseNotAlone, _), .header(.badBody, _): break
            case .notForUs(let kinds): #expect(name == "scrypt_uppercase" && kinds == [.hardware])
            default: Issue.record("\(String(describing: found))")
            }
            return
        }
        switch expected {
        case "success":
            let reader = try #require(plain, "\(String(describing: found))")
            let whole = try reader.whole(step: 100_000)
            #expect(Digest.ofBytes(whole).hex == vector.fields["payload"]?.first)
            #expect(reader.size == Int64(whole.count))
        case "header failure":
            guard case .header = found else { return _ = Issue.record("\(String(describing: found))") }
        case "HMAC failure": #expect(found == .forgedHeader)
        case "no match":
            guard case .notForUs = found else { return _ = Issue.record("\(String(describing: found))") }
        case "payload failure":
            switch found {
            case .cut, .badEnd: break
            case nil:
                // A chunk in the middle: what stands before it is the writer's, and it itself never comes out.
                let reader = try #require(plain)
                let step = 64 << 10
                var room = [UInt8](repeating: 0, count: step)
                var good: [UInt8] = []
                let later = Age.error {
                    while case let count = try room.withUnsafeMutableBytes({
                        try reader.read(at: Int64(good.count), into: $0)
                    }), count > 0 { good += room[..<count] }
                }
                guard case .damagedChunk = later else { return _ = Issue.record("\(String(describing: later))") }
                // A chunk that says it is the last and is not: who reads from the front may give it out, we do not.
                #expect(
                    name.hasPrefix("stream_two_final_chunks")
                        || Digest.ofBytes(good).hex == vector.fields["payload"]?.first)
            default: Issue.record("\(String(describing: found))")
            }
        default: Issue.record("a class that nobody told us of: \(expected)")
        }
    }
}
