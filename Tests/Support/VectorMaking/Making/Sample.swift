// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import TestSupport
import Trust

/// The small good bundle that most vectors are a change of, and the ways to change it.
enum Sample {
    typealias Members = [(name: String, bytes: [UInt8])]

    static let upgrade = "docs/UPGRADE.md"
    static let page = "share/page.html"

    /// Signed by release-a; nothing in it depends on the words of the product.
    static func fixture() throws -> BundleFixture {
        var fixture = BundleFixture()
        fixture.keys = [try TestKeys.key("release-a")]
        fixture.changeReadme = { bytes in
            let line = bytes.prefix { $0 != 10 }
            bytes = Array(line) + Array("\n\nA test vector of the bundle format; it installs nothing of use.\n".utf8)
        }
        return fixture
    }

    /// A vector of a bundle that is wrong, or right, from the beginning.
    static func made(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String, kind: Vector.Kind = .bundle,
        _ change: (inout BundleFixture) throws -> Void
    ) throws -> Vector {
        var fixture = try fixture()
        try change(&fixture)
        return Vector(name, kind, expected, rows: rows, about, try fixture.bytes())
    }

    /// A vector of the good bundle's file with other bytes.
    static func edited(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String,
        _ change: (inout [UInt8]) throws -> Void
    ) throws -> Vector {
        var bytes = try fixture().bytes()
        try change(&bytes)
        return Vector(name, .bundle, expected, rows: rows, about, bytes)
    }

    /// A vector of the good bundle with other members, headers and all made anew.
    static func rearranged(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String,
        _ change: @escaping (inout Members) -> Void
    ) throws -> Vector {
        try made(name, expected, rows, about) { $0.changeMembers = change }
    }

    /// A vector of the good bundle with one other header, whose checksum is right again.
    static func headed(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String, member: String = upgrade,
        _ change: (inout [UInt8]) -> Void
    ) throws -> Vector {
        try edited(name, expected, rows, about) { file in
            let start = try offset(of: member)
            var header = Array(file[start..<(start + 512)])
            change(&header)
            file.replaceSubrange(start..<(start + 512), with: summed(header))
        }
    }

    /// Where a member's header begins in the good bundle.
    static func offset(of member: String) throws -> Int {
        var offset = 0
        for (name, bytes) in try fixture().members() {
            if name == member { return offset }
            offset += 512 + bytes.count + (-bytes.count & 511)
        }
        throw TestKeys.Unknown(name: member)
    }

    /// - Parameter member: a name, or the beginning of some.
    static func index(of member: String, in members: Members) -> Int {
        members.firstIndex { $0.name == member } ?? members.firstIndex { $0.name.hasPrefix(member) } ?? 0
    }

    /// Packs have names that are of no use in a text.
    static func pack(_ number: Int, in members: Members) -> Int { index(of: "packs/", in: members) + number }

    /// The header with its checksum made anew, as libarchive writes it.
    static func summed(_ header: [UInt8]) -> [UInt8] {
        var header = header
        header.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
        let digits = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        header.replaceSubrange(148..<156, with: Array(padded.utf8) + [0, 0x20])
        return header
    }
}

extension [UInt8] {
    /// The one place of a text, replaced by another.
    mutating func exchange(_ text: String, _ other: String) {
        exchange(Array(text.utf8), Array(other.utf8))
    }

    mutating func exchange(_ old: [UInt8], _ new: [UInt8]) {
        guard let start = indices.first(where: { self[$0...].starts(with: old) }) else {
            preconditionFailure(
                "a vector looks for a text that its base has not: \(String(decoding: old, as: UTF8.self))")
        }
        replaceSubrange(start..<(start + old.count), with: new)
    }

    mutating func put(_ text: String, at offset: Int) {
        replaceSubrange(offset..<(offset + text.utf8.count), with: Array(text.utf8))
    }

    /// The lines without their ends.
    var textLines: [[UInt8]] {
        get { split(separator: 10, omittingEmptySubsequences: false).dropLast().map { Array($0) } }
        set { self = newValue.flatMap { $0 + [10] } }
    }
}
