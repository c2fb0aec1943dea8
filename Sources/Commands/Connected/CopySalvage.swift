// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import HostSystem

/// What is left of a copy: the bundle or its parts, and the parity files, read as far as the medium gives them.
struct CopySalvage {
    /// The bundle's name.
    let whole: String
    /// By name, where each file lies.
    private let files: [String: HostPath]
    private static let pieceBytes = 1 << 20
    private static let sectorBytes = 4096

    /// - Parameters:
    ///   - path: the bundle, its list, a part, a parity file, or the directory that has them; files may be missing.
    ///   - places: directories that have more of its parts.
    init(_ path: HostPath, places: [HostPath]) throws {
        let isDirectory = (try? FileSystem.status(FileSystem.resolve(path)))??.kind == .directory
        let directory = isDirectory ? path : path.parent
        var all: [String: HostPath] = [:]
        for place in [directory] + places {
            for name in try FileSystem.list(place)
            where all[name] == nil && (try? FileSystem.status(place / name))??.kind == .file {
                all[name] = place / name
            }
        }
        let known = Set(all.keys.compactMap { ParityName.whole(of: $0) })
        if isDirectory {
            guard let only = known.first else { throw CopyError.noParity(path) }
            guard known.count == 1 else { throw CopyError.severalParities(path, names: known.sorted()) }
            whole = only
        } else {
            whole = CopySalvage.whole(of: path.name)
            guard known.contains(whole) else { throw CopyError.noParity(path) }
        }
        let name = whole
        files = all.filter { ParityName.whole(of: $0.key) == name || ParityName.isCovered($0.key, of: name) }
    }

    private static func whole(of name: String) -> String {
        if let whole = ParityName.whole(of: name) { return whole }
        if name.hasSuffix(PartList.suffix) { return String(name.dropLast(PartList.suffix.count)) }
        return PartList.number(in: name)?.whole ?? name
    }

    func bytes() throws -> Int64 {
        try files.values.reduce(0) { try $0 + (FileSystem.status($1)?.size ?? 0) }
    }

    /// The list where there are parts, as a verb names it.
    func carrier(in directory: HostPath) throws -> HostPath {
        let isParted = try FileSystem.list(directory).contains {
            $0 == PartList.name(of: whole) || PartList.number(in: $0)?.whole == whole
        }
        return directory / (isParted ? PartList.name(of: whole) : whole)
    }

    /// - Returns: how many bytes of each file could not be read; bytes FF stand for them.
    func copy(to directory: HostPath, progress: (Int64) -> Void) throws -> [String: Int64] {
        var lost: [String: Int64] = [:]
        for (name, path) in files.sorted(by: { $0.key < $1.key }) {
            let bytes = try CopySalvage.copy(path, to: directory / name, progress)
            if bytes > 0 { lost[name] = bytes }
        }
        return lost
    }

    private static func copy(_ source: HostPath, to target: HostPath, _ progress: (Int64) -> Void) throws -> Int64 {
        let from = try HostFile.openRegular(source, followLinks: false)
        let to = try HostFile.open(target, .create(permissions: 0o600), followLinks: false)
        let size = try from.size()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: sectorBytes)
        defer { buffer.deallocate() }
        var lost: Int64 = 0
        var offset: Int64 = 0
        while offset < size {
            try Task.checkCancellation()
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(size - offset, Int64(pieceBytes)))])
            if (try? from.fill(at: offset, piece)) != piece.count {
                for start in stride(from: 0, to: piece.count, by: sectorBytes) {
                    let sector = UnsafeMutableRawBufferPointer(
                        rebasing: piece[start..<min(piece.count, start + sectorBytes)])
                    guard (try? from.fill(at: offset + Int64(start), sector)) != sector.count else { continue }
                    // Not zeros: a bundle has blocks of them, which par2 would find at every byte of a long run.
                    sector.initializeMemory(as: UInt8.self, repeating: 0xFF)
                    lost += Int64(sector.count)
                }
            }
            try to.write(UnsafeRawBufferPointer(piece), at: offset)
            offset += Int64(piece.count)
            progress(Int64(piece.count))
        }
        return lost
    }
}
