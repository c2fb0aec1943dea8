// SPDX-License-Identifier: Apache-2.0
import Archives
import BundleFormat
import HostSystem

/// A tar archive, plain or compressed: its members by name, size and place, and its small documents. Layers are passed
/// over, never kept. It is read once, or once more for each document of more than 64 KiB.
struct ArchiveMembers: ImageMembers {
    /// Small members are kept while passing, as most documents are among them.
    private static let keptMember = 64 << 10
    private static let keptTotal = 8 << 20
    /// A name costs memory for as long as the archive is in use.
    private static let maximumMembers = 100_000
    private static let longestName = 4096

    private let streams: ArchiveStreams
    private var documents: [String: [UInt8]] = [:]
    private var kept = 0
    private var offsets: [String: Int64] = [:]
    private(set) var sizes: [String: Int64] = [:]
    private(set) var links: [String: String] = [:]

    /// - Throws: `ImageError`; `SystemCallError`.
    init(_ path: HostPath) throws {
        streams = try ArchiveStreams(path)
        var isFirst = true
        do {
            let reader = try TarReader(try streams.open(at: 0))
            while let entry = try reader.next() {
                isFirst = false
                try take(entry, reader)
            }
        } catch let error as ArchiveError {
            if case .expandsTooFar = error { throw ImageError.expandsTooFar }
            throw isFirst ? ImageError.notAnImage : ImageError.damaged
        }
    }

    func document(_ name: String) throws -> [UInt8] {
        guard let size = sizes[name] else { throw ImageError.missingMember(name) }
        if let known = documents[name] { return known }
        guard size <= Int64(ImageDocument.maximumBytes) else { throw ImageError.badDocument(member: name) }
        return try ArchiveMembers.bytes(of: try open(name, at: 0), count: Int(size))
    }

    func open(_ name: String, at offset: Int64) throws -> any ByteSource {
        guard let start = offsets[name] else { throw ImageError.missingMember(name) }
        return try streams.open(at: start + offset)
    }

    private mutating func take(_ entry: TarReader.Entry, _ reader: TarReader) throws {
        // `./NAME` is NAME: tar(1) writes it so for a directory.
        guard sizes.count + links.count < ArchiveMembers.maximumMembers,
            entry.path.utf8.count <= ArchiveMembers.longestName
        else { throw ImageError.tooMuchInIt }
        let name = entry.path.hasPrefix("./") ? String(entry.path.dropFirst(2)) : entry.path
        switch entry.kind {
        case .directory, .other: return
        case .symlink(let target), .hardLink(let target):
            // Readers would differ in which of two they take.
            guard sizes[name] == nil, links.updateValue(target, forKey: name) == nil else {
                throw ImageError.duplicateMember(name)
            }
        case .file:
            guard links[name] == nil, sizes.updateValue(entry.size, forKey: name) == nil else {
                throw ImageError.duplicateMember(name)
            }
            offsets[name] = entry.offset
            guard entry.size <= Int64(ArchiveMembers.keptMember),
                kept + Int(entry.size) <= ArchiveMembers.keptTotal
            else { return }
            documents[name] = try ArchiveMembers.bytes(of: reader, count: Int(entry.size))
            kept += Int(entry.size)
        }
    }

    private static func bytes(of source: any ByteSource, count: Int) throws -> [UInt8] {
        var filled = 0
        var bytes = [UInt8](repeating: 0, count: count)
        do {
            try bytes.withUnsafeMutableBytes { buffer in
                while filled < count {
                    let got = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                    if got == 0 { throw ImageError.damaged }
                    filled += got
                }
            }
        } catch is ArchiveError {
            throw ImageError.damaged
        }
        return bytes
    }
}
