// SPDX-License-Identifier: Apache-2.0

/// What a program says of the modules that it was built of: the build information of Go, the list that `cargo auditable` leaves in
/// one of Rust.
package enum ProgramBill {
    /// No such text is larger in practice.
    static let maximumBytes = 4 << 20
    /// Bytes of such texts that are read of one image: a few KB of a program unpack to `maximumBytes`, and an image may have
    /// thousands of those.
    package static let imageBytes = 64 << 20

    /// - Returns: empty for a file that says nothing, or that is no program.
    /// - Throws: `BillFault` for build information that cannot be read; what reading throws.
    package static func packages(_ image: ELFImage) throws -> [SoftwarePackage] {
        var room = imageBytes
        return try packages(image, room: &room)
    }

    /// - Parameter room: bytes of build information that may yet be read; less afterwards.
    package static func packages(_ image: ELFImage, room: inout Int) throws -> [SoftwarePackage] {
        // e_ident: magic, ELFCLASS64, ELFDATA2LSB, EV_CURRENT.
        guard try image.bytes(at: 0, count: 7) == [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] else { return [] }
        let sections = try ELFSection.all(in: image)
        var found: [SoftwarePackage] = []
        if let section = sections.first(where: { $0.name == ".dep-v0" }), section.size > 0 {
            guard section.size <= UInt64(maximumBytes) else { throw BillFault.tooLarge(limit: maximumBytes) }
            guard let bytes = try image.bytes(at: section.offset, count: Int(section.size)) else {
                throw BillFault.damaged("an offset past its end")
            }
            found += try RustAudit.packages(bytes, room: &room)
        }
        if let place = try goPlace(image, sections) {
            found += try GoBuild(image, at: place, room: &room).packages()
        }
        return found
    }

    /// Of a program that was too large to be held.
    ///
    /// - Parameters:
    ///   - image: gives what was kept of it: its head, what follows the mark, its end.
    ///   - mark: where `GoBuild.magic` stands.
    ///   - room: as above.
    /// - Throws: `BillFault.tooLarge` where it says more than was kept.
    package static func packages(
        ofLarge image: ELFImage, mark: UInt64?, limit: Int, room: inout Int
    ) throws -> [SoftwarePackage] {
        if let mark { return try GoBuild(image, at: mark, room: &room).packages() }
        let sections = try ELFSection.all(in: image)
        let isStripped = try image.number(at: 40, bytes: 8) == 0
        guard isStripped || !sections.isEmpty, !sections.contains(where: { $0.name == ".dep-v0" }) else {
            throw BillFault.tooLarge(limit: limit)
        }
        return []
    }

    /// The section `.go.buildinfo`; a program that was stripped of its sections has it in the segment of its data.
    private static func goPlace(_ image: ELFImage, _ sections: [ELFSection]) throws -> UInt64? {
        if let section = sections.first(where: { $0.name == ".go.buildinfo" }) {
            return try image.bytes(at: section.offset, count: 14) == GoBuild.magic ? section.offset : nil
        }
        guard sections.isEmpty else { return nil }
        var seen: UInt64 = 0
        for segment in try ELFSegment.all(in: image).filter(\.isWritableData).sorted(by: { $0.offset < $1.offset }) {
            let (end, overflow) = segment.offset.addingReportingOverflow(min(segment.fileSize, 1 << 20))
            // Segments that share bytes would have each looked at again and again.
            let start = max(segment.offset, seen)
            guard !overflow, start < end, let bytes = try image.bytes(at: start, count: Int(end - start)) else {
                continue
            }
            seen = end
            let first = Int((GoBuild.alignment - Int((start - segment.offset) % 16)) % 16)
            for at in stride(from: first, to: bytes.count - 32, by: GoBuild.alignment)
            where bytes[at] == 0xff && bytes[at..<(at + 14)].elementsEqual(GoBuild.magic) {
                return start + UInt64(at)
            }
        }
        return nil
    }

    /// What may be read of one text.
    /// - Throws: `BillFault.spent`.
    static func limit(_ room: Int) throws(BillFault) -> Int {
        guard room > 0 else { throw .spent }
        return min(room, maximumBytes)
    }
}

/// One section header (gABI 4.1, figure 4-8), as far as we read it.
struct ELFSection {
    let name: String
    let offset: UInt64
    let size: UInt64

    static func all(in image: ELFImage) throws -> [ELFSection] {
        // e_shoff, e_shentsize, e_shnum, e_shstrndx. More than 4,096 sections are not looked at.
        guard let start = try image.number(at: 40, bytes: 8), start > 0, try image.number(at: 58, bytes: 2) == 64,
            let count = try image.number(at: 60, bytes: 2), count <= 4096,
            let names = try image.number(at: 62, bytes: 2), names < count,
            let table = try image.bytes(at: start, count: Int(count) * 64)
        else { return [] }
        func field(_ section: Int, _ from: Int, _ bytes: Int) -> UInt64 {
            let at = section * 64 + from
            return ELFImage.number(table[at..<(at + bytes)])
        }
        let size = field(Int(names), 32, 8)
        guard size <= 1 << 20, let strings = try image.bytes(at: field(Int(names), 24, 8), count: Int(size)) else {
            return []
        }
        return (0..<Int(count)).compactMap { section in
            // SHT_NOBITS has no bytes in the file.
            guard field(section, 4, 4) != 8 else { return nil }
            let name = Int(field(section, 0, 4))
            guard name < strings.count else { return nil }
            return ELFSection(
                name: String(decoding: strings[name...].prefix(64).prefix { $0 != 0 }, as: UTF8.self),
                offset: field(section, 24, 8), size: field(section, 32, 8))
        }
    }
}

extension ELFSegment {
    /// PT_LOAD with PF_W.
    package var isWritableData: Bool { type == 1 && flags & 2 != 0 }
}
