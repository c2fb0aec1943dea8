// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostSystem

/// A file that is memory: what is stored in it outlives the process, and no system call writes it. So the state of the
/// fakes is never among the calls that are counted, failed or recorded.
///
/// Used by one task at a time.
final class MappedFile: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    private static let bytes = 1 << 18

    static func create(_ path: HostPath) throws {
        let file = try HostFile.open(path, .update(permissions: 0o600))
        try file.truncate(to: 0)
        try file.truncate(to: Int64(bytes))
    }

    /// What the file holds besides is zeros.
    static func read(_ path: HostPath) throws -> [UInt8] { try MappedFile(path).content }

    init(_ path: HostPath) throws {
        let file = try HostFile.open(path, .change)
        guard
            let base = mmap(nil, MappedFile.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor, 0),
            base != MAP_FAILED
        else { throw SystemCallError(call: "mmap", path: path.text, code: errno) }
        self.base = base
    }

    deinit { munmap(base, MappedFile.bytes) }

    var content: [UInt8] {
        get {
            let count = base.load(as: Int.self)
            return Array(UnsafeRawBufferPointer(start: base + 8, count: count))
        }
        set {
            precondition(newValue.count < MappedFile.bytes - 8, "the fakes have more to say than fits")
            newValue.withUnsafeBytes { if let start = $0.baseAddress { memcpy(base + 8, start, $0.count) } }
            base.storeBytes(of: newValue.count, as: Int.self)
        }
    }
}
