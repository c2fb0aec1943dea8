// SPDX-License-Identifier: Apache-2.0
import Archives
import BundleFormat
import SoftwareBills

/// Looks at the members of a layer, in their order, for what they say of the software in it. Nothing is written anywhere, no name
/// leads anywhere, and of no file more is held than `LayerScan.wholeProgram` or `BillSource.maximumBytes`.
struct LayerScan {
    /// A program up to this size is looked at whole; of a larger one only what can be had while it passes.
    static let wholeProgram = 48 << 20

    private let reader: TarReader
    /// The layer's name in the archive.
    private let member: String
    private let buffer = GrowingBuffer()

    /// - Parameter unpacked: the layer's tar. It may not be read to its end.
    /// - Throws: what the source throws. What is no tar is a finding.
    static func read(_ unpacked: TappedSource, member: String, into view: inout FileSystemView) throws {
        view.beginLayer()
        do {
            let scan = LayerScan(reader: try TarReader(unpacked, isLenient: true), member: member)
            while let entry = try scan.reader.next() { try scan.take(entry, into: &view) }
        } catch is ArchiveError {
            if let failure = unpacked.failure { throw failure }
            // A layer of nothing may be nothing.
            if unpacked.passed > 0 { view.noteUnread(layer: member) }
        }
    }

    private func take(_ entry: TarReader.Entry, into view: inout FileSystemView) throws {
        guard FileSystemView.isUnpackable(entry.path) else { return view.noteLongPath(layer: member) }
        guard let path = FileSystemView.path(entry.path), !view.takeWhiteout(path) else { return }
        switch entry.kind {
        case .directory: view.putDirectory(path)
        case .symlink, .other: view.put(path, nil)
        case .hardLink(let target): view.link(path, to: FileSystemView.path(target) ?? path)
        case .file: view.put(path, try finding(path, entry.size, &view.buildInformation))
        }
    }

    private func finding(_ path: String, _ size: Int64, _ room: inout Int) throws -> Finding? {
        if let source = BillSource(path: path) {
            guard size <= Int64(BillSource.maximumBytes) else {
                return .unread(reason: BillFault.tooLarge(limit: BillSource.maximumBytes).reason)
            }
            // Both at their largest would be more memory than a build may take.
            buffer.shrink()
            return source.finding(try bytes(Int(size)))
        }
        // Smaller than an ELF header, and nothing that runs.
        guard size >= 64 else { return nil }
        try buffer.fill(from: reader, upTo: 64)
        guard buffer.bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else { return nil }
        do {
            let packages: [SoftwarePackage]
            if size <= Int64(LayerScan.wholeProgram) {
                try buffer.append(from: reader, upTo: Int(size))
                packages = try ProgramBill.packages(buffer.image, room: &room)
            } else {
                try buffer.append(from: reader, upTo: 1 << 20)
                packages = try PassingProgram(buffer, reader).packages(room: &room)
            }
            return packages.isEmpty ? nil : .packages(packages)
        } catch let fault as BillFault {
            return .unread(reason: fault.reason)
        }
    }

    private func bytes(_ size: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = try reader.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count..<size]))
                if got == 0 { return }
                count += got
            }
        }
    }
}

/// Memory that one file after the other is read into.
final class GrowingBuffer {
    private static let leastBytes = 1 << 20
    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: leastBytes, alignment: 16)
    private(set) var count = 0

    deinit { memory.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    /// Good until the buffer is filled again.
    var image: ELFImage {
        ELFImage(size: Int64(count)) { [self] offset, target in
            guard offset < Int64(count) else { return 0 }
            let part = bytes[Int(offset)...].prefix(target.count)
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
            return part.count
        }
    }

    /// Gives back what a large program took.
    func shrink() {
        count = 0
        guard memory.count > GrowingBuffer.leastBytes else { return }
        memory.deallocate()
        memory = UnsafeMutableRawBufferPointer.allocate(byteCount: GrowingBuffer.leastBytes, alignment: 16)
    }

    func fill(from source: any ByteSource, upTo wanted: Int) throws {
        count = 0
        try append(from: source, upTo: wanted)
    }

    /// Until so many bytes are there in all, or the source ends.
    func append(from source: any ByteSource, upTo wanted: Int) throws {
        if memory.count < wanted {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: wanted, alignment: 16)
            larger.copyMemory(from: bytes)
            memory.deallocate()
            memory = larger
        }
        while count < wanted {
            let got = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[count..<wanted]))
            if got == 0 { return }
            count += got
        }
    }
}
