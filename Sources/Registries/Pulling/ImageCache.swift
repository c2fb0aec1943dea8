// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import HostSystem
import NIOPosix

/// Blobs that were fetched, in an OCI layout (`blobs/sha256/HEX`) that all products of a user share. A blob has its name
/// only after it was proven; what is under way is `partial/HEX`, locked by who fetches it.
package struct ImageCache: Sendable {
    package let directory: HostPath
    private var blobs: HostPath { directory / "blobs/sha256" }
    private var partial: HostPath { directory / "partial" }

    /// Makes the directory, which is the user's alone.
    package init(_ directory: HostPath) throws {
        try FileSystem.createDirectories(directory)
        // Whole: programs that write into it run elsewhere.
        self.directory = try FileSystem.resolve(directory)
        try FileSystem.createDirectories(blobs, permissions: 0o700)
        try FileSystem.createDirectory(partial, permissions: 0o700)
    }

    package func path(_ digest: Digest) -> HostPath { blobs / digest.hex }

    /// For archives of images that came out of a local store.
    func saved() throws -> HostPath {
        try FileSystem.createDirectory(directory / "saved", permissions: 0o700)
        return directory / "saved"
    }

    /// Whether a blob is there, whole: it is hashed again each time. One that is not what its name says is removed.
    package func holds(_ digest: Digest) throws -> Bool {
        let path = path(digest)
        guard try FileSystem.status(path)?.kind == .file else { return false }
        let file = try HostFile.open(path, .read, followLinks: false)
        if try ImageCache.digest(of: file) == digest { return true }
        try FileSystem.remove(path)
        return false
    }

    /// A document that is there; nil when it is not, or not whole.
    package func document(_ digest: Digest) throws -> [UInt8]? {
        guard try FileSystem.status(path(digest))?.kind == .file else { return nil }
        let bytes = try FileSystem.readAll(path(digest), limit: RegistryClient.documentLimit, followLinks: false)
        guard Digest.ofBytes(bytes) == digest else {
            try FileSystem.remove(path(digest))
            return nil
        }
        return bytes
    }

    /// - Parameter digest: the SHA-256 of `bytes`.
    func put(_ bytes: [UInt8], _ digest: Digest) throws {
        try FileSystem.write(bytes, to: path(digest), permissions: 0o644)
    }

    /// A file for a blob under way, with what an earlier try left in it, and nobody else's while it is held; nil when
    /// another process finished it meanwhile.
    ///
    /// The name goes only by being renamed: who waited for the lock then holds the finished blob, and finds it there.
    func begin(_ digest: Digest, size: Int64) async throws -> PartialBlob? {
        let path = partial / digest.hex
        // It may take as long as another run's download: that is no wait for one of Swift's few threads.
        let file = try await NIOThreadPool.singleton.runIfActive {
            let file = try HostFile.open(path, .append(permissions: 0o600), followLinks: false)
            try file.waitForLock()
            return Locked(file: file)
        }.file
        if try holds(digest) { return nil }
        return try PartialBlob(file, path, target: self.path(digest), digest, size: size)
    }

    /// Handed from the thread that waited to the task that asked; nobody else has it.
    private struct Locked: @unchecked Sendable {
        let file: HostFile
    }

    /// Of the whole file, wherever it was read to.
    static func digest(of file: HostFile) throws -> Digest { try .of(FileRange(file, offset: 0)) }
}
