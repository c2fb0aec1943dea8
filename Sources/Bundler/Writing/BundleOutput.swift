// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem

/// What a bundle is written to: one file, or parts that `cat` makes the same file of (format §16). It lies in a scratch
/// directory and gets its names when all of it is there.
final class BundleOutput: ByteSink {
    private let target: HostPath
    private let scratch: HostPath
    /// nil for one file.
    private let partBytes: Int64?
    private var file: HostFile
    private var inFile: Int64 = 0
    private var whole: Int64 = 0
    private var hasher = SHA256Hasher()
    private var digests: [Digest] = []

    /// Where it is now: the file, or the list of its parts.
    struct Placed {
        let path: HostPath
        let bytes: Int64
        /// Names of parts; empty for one file.
        let parts: [String]
    }

    init(_ target: HostPath, partBytes: Int64?, in scratch: HostPath) throws {
        self.target = target
        self.scratch = scratch
        self.partBytes = partBytes
        file = try BundleOutput.create(scratch, 1)
    }

    /// Nothing stands under a name that this will take; of parts, none that a longer bundle could have left: it would be
    /// taken for one of these.
    static func check(_ target: HostPath, inParts: Bool) throws {
        guard inParts else {
            guard try !FileSystem.exists(target) else { throw BundlerError.outputExists(target) }
            return
        }
        guard PartList.isCarried(target.name) else { throw BundlerError.partName(target.name) }
        let list = PartList.name(of: target.name)
        let taken = try FileSystem.list(target.parent).first {
            $0 == list || PartList.number(in: $0)?.whole == target.name
        }
        if let taken { throw BundlerError.outputExists(target.parent / taken) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            if inFile == partBytes { try next() }
            let room = partBytes.map { Int(min(Int64(rest.count), $0 - inFile)) } ?? rest.count
            let now = UnsafeRawBufferPointer(rebasing: rest[..<room])
            try file.write(now)
            if partBytes != nil { hasher.update(now) }
            inFile += Int64(room)
            whole += Int64(room)
            rest = UnsafeRawBufferPointer(rebasing: rest[room...])
        }
    }

    /// Gives everything its name. When one is taken meanwhile, those that were given are taken back.
    func place() throws -> Placed {
        try file.sync()
        guard partBytes != nil else {
            try BundleOutput.name(BundleOutput.piece(scratch, 1), target)
            try FileSystem.syncDirectory(target.parent)
            return Placed(path: target, bytes: whole, parts: [])
        }
        digests.append(hasher.finalize())
        let list = PartList(whole: target.name, digests: digests)
        let listPath = target.parent / PartList.name(of: target.name)
        let written = try HostFile.open(scratch / "list", .create(permissions: 0o644), followLinks: false)
        try written.write(list.bytes)
        try written.sync()
        let names = (1...digests.count).map { list.name($0) }
        var given: [HostPath] = []
        do {
            for (index, name) in names.enumerated() {
                try Task.checkCancellation()
                let path = target.parent / name
                try BundleOutput.name(BundleOutput.piece(scratch, index + 1), path)
                given.append(path)
            }
            // The list last: parts without one are no bundle yet.
            try BundleOutput.name(scratch / "list", listPath)
        } catch {
            for path in given { _ = try? FileSystem.remove(path) }
            throw error
        }
        try FileSystem.syncDirectory(target.parent)
        return Placed(path: listPath, bytes: whole, parts: names)
    }

    private func next() throws {
        digests.append(hasher.finalize())
        guard digests.count < PartList.countLimit else { throw BundlerError.tooManyParts(limit: PartList.countLimit) }
        try file.sync()
        hasher = SHA256Hasher()
        file = try BundleOutput.create(scratch, digests.count + 1)
        inFile = 0
    }

    private static func create(_ scratch: HostPath, _ number: Int) throws -> HostFile {
        try HostFile.open(piece(scratch, number), .create(permissions: 0o644), followLinks: false)
    }

    private static func piece(_ scratch: HostPath, _ number: Int) -> HostPath { scratch / "bundle.\(number)" }

    private static func name(_ temporary: HostPath, _ path: HostPath) throws {
        do {
            try FileSystem.renameNoReplace(temporary, to: path)
        } catch {
            throw error.code == 17 ? BundlerError.outputExists(path) : error
        }
    }
}
