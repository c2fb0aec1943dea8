// SPDX-License-Identifier: Apache-2.0
import Archives
import BundleFormat
import HostSystem

/// What is in an image archive by name and size, and its small documents. Layers are passed over, never kept.
struct ArchiveScan {
    /// Small members are kept while passing, as most documents are among them; others cost another pass.
    private static let keptMember = 64 << 10
    private static let keptTotal = 8 << 20

    private let file: HostFile
    private var documents: [String: [UInt8]] = [:]
    private var kept = 0
    private(set) var sizes: [String: Int64] = [:]

    /// - Throws: `ImageError`; `SystemCallError`.
    init(_ file: HostFile) throws {
        self.file = file
        if let tool = try ArchiveScan.compressor(file) { throw ImageError.compressed(by: tool) }
        let reader = try ArchiveScan.reader(file)
        var isFirst = true
        while let entry = try ArchiveScan.next(reader, isFirst: isFirst) {
            isFirst = false
            try take(entry, reader)
        }
    }

    func holds(_ name: String) -> Bool { sizes[name] != nil }

    /// A document of at most 4 MiB.
    ///
    /// - Throws: `ImageError.missingMember`, `.badDocument` for a larger one.
    func document(_ name: String) throws -> [UInt8] {
        guard let size = sizes[name] else { throw ImageError.missingMember(name) }
        if let known = documents[name] { return known }
        guard size <= Int64(ImageDocument.maximumBytes) else { throw ImageError.badDocument(member: name) }
        let reader = try ArchiveScan.reader(file)
        while let entry = try ArchiveScan.next(reader, isFirst: false) {
            if ArchiveScan.name(entry) == name { return try ArchiveScan.data(reader, count: Int(size)) }
        }
        throw ImageError.missingMember(name)
    }

    private mutating func take(_ entry: TarReader.Entry, _ reader: TarReader) throws {
        if entry.kind == .directory { return }
        let name = ArchiveScan.name(entry)
        guard sizes.updateValue(entry.size, forKey: name) == nil else { throw ImageError.duplicateMember(name) }
        guard entry.kind == .file, entry.size <= Int64(ArchiveScan.keptMember),
            kept + Int(entry.size) <= ArchiveScan.keptTotal
        else { return }
        documents[name] = try ArchiveScan.data(reader, count: Int(entry.size))
        kept += Int(entry.size)
    }

    /// `./NAME` is NAME: tar(1) writes it so for a directory.
    private static func name(_ entry: TarReader.Entry) -> String {
        entry.path.hasPrefix("./") ? String(entry.path.dropFirst(2)) : entry.path
    }

    private static func reader(_ file: HostFile) throws -> TarReader {
        do {
            return try TarReader(ArchiveStream(file))
        } catch is ArchiveError {
            throw ImageError.notAnImage
        }
    }

    private static func next(_ reader: TarReader, isFirst: Bool) throws -> TarReader.Entry? {
        do {
            return try reader.next()
        } catch is ArchiveError {
            throw isFirst ? ImageError.notAnImage : ImageError.damaged
        }
    }

    private static func data(_ reader: TarReader, count: Int) throws -> [UInt8] {
        var filled = 0
        var bytes = [UInt8](repeating: 0, count: count)
        do {
            try bytes.withUnsafeMutableBytes { buffer in
                while filled < count {
                    let got = try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                    if got == 0 { throw ImageError.damaged }
                    filled += got
                }
            }
        } catch is ArchiveError {
            throw ImageError.damaged
        }
        return bytes
    }

    private static func compressor(_ file: HostFile) throws -> String? {
        var head = [UInt8](repeating: 0, count: 6)
        let count = try head.withUnsafeMutableBytes { try file.read(at: 0, into: $0) }
        let magics: [(String, [UInt8])] = [
            ("gzip", [0x1f, 0x8b]), ("xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), ("zstd", [0x28, 0xb5, 0x2f, 0xfd]),
            ("bzip2", [0x42, 0x5a, 0x68]),
        ]
        return magics.first { head[..<count].starts(with: $0.1) }?.0
    }
}

/// The file from its beginning, with a position of its own.
private final class ArchiveStream: ByteSource {
    private let file: HostFile
    private var offset: Int64 = 0

    init(_ file: HostFile) { self.file = file }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try file.read(at: offset, into: buffer)
        offset += Int64(count)
        return count
    }
}
