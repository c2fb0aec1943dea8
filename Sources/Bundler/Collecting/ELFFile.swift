// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import SoftwareBills

/// What an ELF executable says that it needs from the host it runs on (System V ABI, gABI 4.1 chapters 4 and 5).
///
/// Authors' files are not hostile, but broken ones are common, and `create` reads whatever a build left behind: every
/// offset is checked, every loop is bounded, and a file that makes no sense is one without needs, never a trap.
struct ELFFile {
    /// No string table or segment that we read is larger in practice; more is not looked at.
    private static let maximumTable = 16 << 20

    let image: ELFImage
    private let segments: [ELFSegment]
    private let dynamic: [(tag: UInt64, value: UInt64)]

    /// - Returns: nil when the bytes are not a little-endian 64-bit ELF executable or shared object.
    init?(_ image: ELFImage) throws {
        // e_ident: magic, ELFCLASS64, ELFDATA2LSB, EV_CURRENT.
        guard let ident = try image.bytes(at: 0, count: 7), ident == [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] else {
            return nil
        }
        guard let type = try image.number(at: 16, bytes: 2), type == 2 || type == 3 else { return nil }
        self.image = image
        segments = try ELFSegment.all(in: image)
        dynamic = try ELFFile.dynamicEntries(image, segments)
    }

    var needs: ELFNeeds {
        get throws {
            let strings = try stringTable()
            let libraries = dynamic.filter { $0.tag == 1 }.compactMap { ELFFile.text(strings, at: $0.value) }
            return ELFNeeds(
                arch: try image.architecture, interpreter: try interpreter(), libraries: libraries,
                glibc: try newestGlibc(strings))
        }
    }

    /// PT_INTERP.
    private func interpreter() throws -> String? {
        guard let segment = segments.first(where: { $0.type == 3 }), (1...4096).contains(segment.fileSize) else {
            return nil
        }
        guard let bytes = try image.bytes(at: segment.offset, count: Int(segment.fileSize)) else { return nil }
        return ELFFile.text(bytes, at: 0)
    }

    /// PT_DYNAMIC, up to DT_NULL.
    private static func dynamicEntries(_ image: ELFImage, _ segments: [ELFSegment]) throws
        -> [(tag: UInt64, value: UInt64)]
    {
        guard let segment = segments.first(where: { $0.type == 2 }), segment.fileSize <= 1 << 20 else { return [] }
        guard let bytes = try image.bytes(at: segment.offset, count: Int(segment.fileSize)) else { return [] }
        var entries: [(tag: UInt64, value: UInt64)] = []
        for start in stride(from: 0, to: bytes.count - 15, by: 16) {
            let tag = ELFImage.number(bytes[start..<(start + 8)])
            if tag == 0 { break }
            entries.append((tag, ELFImage.number(bytes[(start + 8)..<(start + 16)])))
        }
        return entries
    }

    /// DT_STRTAB and DT_STRSZ.
    private func stringTable() throws -> [UInt8] {
        guard let address = value(of: 5), let size = value(of: 10), size <= UInt64(ELFFile.maximumTable),
            let offset = fileOffset(of: address)
        else { return [] }
        return try image.bytes(at: offset, count: Int(size)) ?? []
    }

    /// The newest `GLIBC_x.y` among the versions needed (DT_VERNEED; LSB core 11.7.3).
    private func newestGlibc(_ strings: [UInt8]) throws -> String? {
        guard let address = value(of: 0x6fff_fffe), var need = fileOffset(of: address) else { return nil }
        var newest: [Int] = []
        for _ in 0..<min(value(of: 0x6fff_ffff) ?? 0, 4096) {
            guard let count = try image.number(at: need, bytes: 2, after: 2),
                let first = try image.number(at: need, bytes: 4, after: 8),
                let next = try image.number(at: need, bytes: 4, after: 12)
            else { break }
            var entry = need &+ first
            for _ in 0..<count {
                guard let name = try image.number(at: entry, bytes: 4, after: 8),
                    let step = try image.number(at: entry, bytes: 4, after: 12)
                else { break }
                if let text = ELFFile.text(strings, at: name), let version = ELFFile.glibcVersion(text),
                    newest.lexicographicallyPrecedes(version)
                {
                    newest = version
                }
                if step == 0 { break }
                entry = entry &+ step
            }
            if next == 0 { break }
            need = need &+ next
        }
        return newest.isEmpty ? nil : newest.map(String.init).joined(separator: ".")
    }

    /// `GLIBC_2.34` → [2, 34]; `GLIBC_PRIVATE` and other libraries' versions → nil.
    private static func glibcVersion(_ text: String) -> [Int]? {
        guard text.hasPrefix("GLIBC_") else { return nil }
        let parts = text.dropFirst(6).split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        return numbers.count == parts.count && (2...3).contains(parts.count) ? numbers : nil
    }

    private func value(of tag: UInt64) -> UInt64? { dynamic.first { $0.tag == tag }?.value }

    /// From an address in memory to a place in the file, by the PT_LOAD segments.
    private func fileOffset(of address: UInt64) -> UInt64? {
        for segment in segments where segment.type == 1 && address >= segment.address {
            let inside = address - segment.address
            let (offset, overflow) = segment.offset.addingReportingOverflow(inside)
            if inside < segment.fileSize, !overflow { return offset }
        }
        return nil
    }

    /// A printable text of at most 255 bytes that ends in a zero.
    private static func text(_ table: [UInt8], at start: UInt64) -> String? {
        guard start < UInt64(table.count) else { return nil }
        let rest = table[Int(start)...].prefix(256)
        guard let end = rest.firstIndex(of: 0), end > Int(start) else { return nil }
        let bytes = rest[..<end]
        guard bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
