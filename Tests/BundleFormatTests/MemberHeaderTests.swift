// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

@Suite struct MemberHeaderTests {
    @Test(
        arguments: [
            ("a", 0), ("README.txt", 511), (String(repeating: "n", count: 100), 1), ("docs/a b", 0o77_777_777_777),
        ] as [(String, Int64)])
    func comesBack(name: String, size: Int64) throws {
        let header = try MemberHeader(name: name, size: size)
        #expect(header.bytes.count == 512)
        #expect(try MemberHeader(parsing: header.bytes) == header)
        #expect((header.totalBytes - 512 - size) < 512 && header.totalBytes % 512 == 0)
    }

    /// Any change of any byte gives a header of another name or size, or none at all; never the same one twice.
    @Test func everyByteCounts() throws {
        let header = try MemberHeader(name: "docs/a", size: 1234)
        for index in 0..<512 {
            for bit in 0..<8 {
                var bytes = header.bytes
                bytes[index] ^= 1 << bit
                #expect(throws: FormatError.self) { try MemberHeader(parsing: bytes) }
            }
        }
    }

    @Test func refuses() {
        #expect(throws: FormatError.badHeader(.badName)) { try MemberHeader(name: "", size: 0) }
        #expect(throws: FormatError.badHeader(.badName)) {
            try MemberHeader(name: String(repeating: "n", count: 101), size: 0)
        }
        #expect(throws: FormatError.badHeader(.badSize)) { try MemberHeader(name: "a", size: 1 << 33) }
        #expect(throws: FormatError.badHeader(.badSize)) { try MemberHeader(name: "a", size: -1) }
        #expect(throws: FormatError.badHeader(.endMarker)) {
            try MemberHeader(parsing: [UInt8](repeating: 0, count: 512))
        }
        #expect(throws: FormatError.badHeader(.otherBytes)) { try MemberHeader(parsing: [UInt8]()) }
    }
}
