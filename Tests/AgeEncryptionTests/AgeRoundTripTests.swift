// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import BundleFormat
import Cryptography
import Testing

@Suite struct AgeRoundTripTests {
    static let chunk = 64 << 10

    @Test(arguments: [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 7])
    func givesBackWhatWentIn(_ count: Int) throws {
        let identity = try AgeIdentity.generate()
        let text = Age.text(count)
        for step in [1000, AgeRoundTripTests.chunk, 1 << 20] {
            let file = try Age.encrypt(text, for: identity.recipient, step: step)
            let reader = try AgeReader(bytes: file, [identity])
            #expect(reader.size == Int64(count))
            #expect(try reader.whole(step: 777) == text)
            #expect(try reader.whole(step: 1 << 20) == text)
        }
    }

    @Test func readsAnyRange() throws {
        let identity = try AgeIdentity.generate()
        let text = Age.text(3 * AgeRoundTripTests.chunk + 99)
        let reader = try AgeReader(bytes: Age.encrypt(text, for: identity.recipient), [identity])
        let chunk = AgeRoundTripTests.chunk
        for offset in [0, 1, chunk - 1, chunk, 2 * chunk + 5, 3 * chunk, text.count - 1, text.count, text.count + 5] {
            for count in [0, 1, 512, chunk, chunk + 1, 2 * chunk] {
                var room = [UInt8](repeating: 0, count: count)
                let got = try room.withUnsafeMutableBytes { try reader.read(at: Int64(offset), into: $0) }
                let expected = text.dropFirst(offset).prefix(count)
                #expect(Array(room[..<got]) == Array(expected))
            }
        }
    }

    @Test func opensForEachRecipientAndNobodyElse() throws {
        let people = try (0..<5).map { _ in try AgeIdentity.generate() }
        let stranger = try AgeIdentity.generate()
        let sink = ArraySink()
        // One of them named twice counts once.
        let writer = try AgeWriter(to: sink, recipients: (people + people.prefix(1)).map(\.recipient))
        try writer.finish()
        for one in people { #expect(try AgeReader(bytes: sink.bytes, [stranger, one]).size == 0) }
        #expect(
            Age.error { _ = try AgeReader(bytes: sink.bytes, [stranger]) }
                == .notForUs(Array(repeating: .x25519, count: 5)))
        #expect(Age.error { _ = try AgeWriter(to: ArraySink(), recipients: []) } == .key(.none, line: 1))
        // Never twice the same file key, nonce or share.
        #expect(
            try Age.encrypt([1], for: people[0].recipient).suffix(17)
                != Age.encrypt([1], for: people[0].recipient).suffix(17))
    }

    /// Every length that a file of three chunks can be cut to is refused, at once, and at a chunk's edge as cut.
    @Test func refusesEveryCut() throws {
        let identity = try AgeIdentity.generate()
        let sealed = AgeRoundTripTests.chunk + 16
        let file = try Age.encrypt(Age.text(2 * AgeRoundTripTests.chunk + 100), for: identity.recipient)
        let start = file.count - 2 * sealed - 116
        var lengths = Array(0...start + 40)
        for edge in [start + sealed, start + 2 * sealed] { lengths += edge - 20...edge + 20 }
        lengths += file.count - 120..<file.count
        for length in lengths {
            let found = Age.error { _ = try AgeReader(bytes: Array(file[..<length]), [identity]) }
            if length < start {
                guard case .header = found else { return _ = Issue.record("\(length): \(String(describing: found))") }
            } else if [start, start + sealed, start + 2 * sealed].contains(length) {
                #expect(found == .cut(offset: Int64(length)))
            } else {
                switch found {
                case .cut(let offset): #expect(offset == Int64(length))
                case .badEnd(let offset, let end):
                    #expect((offset - Int64(start)) % Int64(sealed) == 0 && end == Int64(length))
                default: Issue.record("\(length): \(String(describing: found))")
                }
            }
        }
        for extra in [1, 16, 17, sealed] {
            let found = Age.error { _ = try AgeReader(bytes: file + Array(repeating: 0, count: extra), [identity]) }
            #expect(found != nil)
        }
    }

    /// No bit of a file can change: in the header at once, in the payload when the chunk is read.
    @Test func refusesEveryChangedByte() throws {
        let identity = try AgeIdentity.generate()
        let file = try Age.encrypt(Age.text(300), for: identity.recipient)
        for place in file.indices {
            var changed = file
            changed[place] ^= 1 << UInt8(place % 8)
            #expect(throws: AgeError.self, "byte \(place)") { try AgeReader(bytes: changed, [identity]) }
        }
    }

    @Test func chunksCannotChangePlaces() throws {
        let identity = try AgeIdentity.generate()
        let sealed = AgeRoundTripTests.chunk + 16
        let file = try Age.encrypt(Age.text(3 * AgeRoundTripTests.chunk), for: identity.recipient)
        let start = file.count - 3 * sealed
        let swapped =
            file[..<start] + file[start + sealed..<start + 2 * sealed] + file[start..<start + sealed]
            + file[(start + 2 * sealed)...]
        let reader = try AgeReader(bytes: Array(swapped), [identity])
        #expect(Age.error { _ = try reader.whole(step: 512) } == .damagedChunk(offset: Int64(start)))
    }
}
