// SPDX-License-Identifier: Apache-2.0

/// The build information of a Go program (Go, debug/buildinfo): a magic, then the version of Go and the list of modules. Since Go
/// 1.18 both texts follow with their lengths; before, two pointers lead to them.
package struct GoBuild {
    /// `\xff Go buildinf:`
    package static let magic: [UInt8] = [0xff] + Array(" Go buildinf:".utf8)
    /// Where it may begin, in the segment of data.
    package static let alignment = 16

    private let version: String
    private let modules: String

    /// - Parameters:
    ///   - place: where the magic stands.
    ///   - room: bytes that may yet be read.
    init(_ image: ELFImage, at place: UInt64, room: inout Int) throws {
        guard let head = try image.bytes(at: place, count: 32) else { throw BillFault.damaged("it ends too early") }
        if head[15] & 2 != 0 {
            let (first, next) = try GoBuild.text(image, at: place + 32, &room)
            version = FieldText.string(first)
            modules = GoBuild.unwrapped(try GoBuild.text(image, at: next, &room).text)
        } else {
            // Only little-endian programs of 64 bits are carried.
            guard head[14] == 8, head[15] & 1 == 0 else { throw BillFault.unknownForm }
            version = FieldText.string(try GoBuild.pointed(image, ELFImage.number(head[16..<24]), &room))
            modules = GoBuild.unwrapped(try GoBuild.pointed(image, ELFImage.number(head[24..<32]), &room))
        }
    }

    /// The program itself, its modules, and Go's own library.
    package func packages() throws(BillFault) -> [SoftwarePackage] {
        guard version.utf8.count <= FieldText.maximumBytes, version.hasPrefix("go") || version.hasPrefix("devel")
        else { throw .damaged("no version of Go") }
        let library = version.hasPrefix("go") ? String(version.dropFirst(2).prefix { $0 != " " }) : version
        var found = PackageList()
        try found.append(SoftwarePackage(kind: .golang, name: "stdlib", version: library))
        for line in modules.split(separator: "\n") {
            let words = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard words.count >= 3, ["mod", "dep", "=>"].contains(words[0]), !words[1].isEmpty else { continue }
            guard words[1].utf8.count <= FieldText.maximumBytes, words[2].utf8.count <= FieldText.maximumBytes else {
                throw .damaged("a name that is too long")
            }
            let module = SoftwarePackage(
                kind: .golang, name: words[1], version: words[2].isEmpty ? nil : words[2], isProgram: words[0] == "mod")
            // What replaces a module is what was built in.
            if words[0] == "=>", found.packages.count > 1 {
                try found.replaceLast(module)
            } else {
                try found.append(module)
            }
        }
        return found.packages
    }

    /// A length in base 128 (encoding/binary, Uvarint), then that many bytes.
    private static func text(
        _ image: ELFImage, at place: UInt64, _ room: inout Int
    ) throws -> (text: [UInt8], next: UInt64) {
        var length: UInt64 = 0
        for index in 0..<UInt64(5) {
            guard let byte = try image.number(at: place, bytes: 1, after: index) else { break }
            length |= (byte & 0x7f) << (7 * index)
            guard byte & 0x80 == 0 else { continue }
            try take(length, of: &room)
            guard let bytes = try image.bytes(at: place + index + 1, count: Int(length)) else { break }
            return (bytes, place + index + 1 + length)
        }
        throw BillFault.damaged("a text without an end")
    }

    private static func take(_ length: UInt64, of room: inout Int) throws(BillFault) {
        guard length <= UInt64(ProgramBill.maximumBytes) else { throw .tooLarge(limit: ProgramBill.maximumBytes) }
        guard length <= UInt64(max(0, room)) else { throw .spent }
        room -= Int(length)
    }

    /// A pointer to a pointer and a length.
    private static func pointed(_ image: ELFImage, _ address: UInt64, _ room: inout Int) throws -> [UInt8] {
        let segments = try ELFSegment.all(in: image)
        guard let header = place(of: address, segments), let start = try image.number(at: header, bytes: 8),
            let length = try image.number(at: header, bytes: 8, after: 8), length <= UInt64(ProgramBill.maximumBytes),
            let text = place(of: start, segments)
        else { throw BillFault.damaged("a pointer that leads nowhere") }
        try take(length, of: &room)
        guard let bytes = try image.bytes(at: text, count: Int(length)) else {
            throw BillFault.damaged("a pointer that leads nowhere")
        }
        return bytes
    }

    private static func place(of address: UInt64, _ segments: [ELFSegment]) -> UInt64? {
        for segment in segments where segment.type == 1 && address >= segment.address {
            let (offset, overflow) = segment.offset.addingReportingOverflow(address - segment.address)
            if address - segment.address < segment.fileSize, !overflow { return offset }
        }
        return nil
    }

    /// The list stands between two marks of 16 bytes; a program that was built without modules has none.
    private static func unwrapped(_ bytes: [UInt8]) -> String {
        guard bytes.count >= 33, bytes[bytes.count - 17] == UInt8(ascii: "\n") else { return "" }
        // One line that is no UTF-8 must not take the others with it.
        return String(decoding: bytes[16..<(bytes.count - 16)].lazy.filter { $0 != 0 && $0 != 13 }, as: UTF8.self)
    }
}
