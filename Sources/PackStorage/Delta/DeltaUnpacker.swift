// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import Compression
package import HostSystem

/// Makes packs that refer to an older content (format §17) into packs that need none: stored as they are, of the same bytes.
package struct DeltaUnpacker: Sendable {
    private let source: any PackSource
    private let decoder: any StreamDecoder

    /// - Parameter source: where the packs lie.
    package init(source: any PackSource, decoder: any StreamDecoder = ProcessDecoder.current) {
        self.source = source
        self.decoder = decoder
    }

    /// No more packs for now.
    package func rest() { decoder.rest() }

    /// Proves a pack, then writes its unpacked bytes as a pack of their own. The contents in it are not proven by that: whoever
    /// takes one out hashes it.
    ///
    /// - Parameters:
    ///   - old: hashed by the caller.
    ///   - directory: exists; the pack is written anew (O_EXCL), under another name first.
    ///   - feeds: what is made of it, for errors.
    /// - Throws: `PackError`; `SystemCallError`.
    package func unpack(
        _ pack: PackIndex.Pack, against old: OldContent, into directory: HostPath, feeds: @autoclosure () -> [String]
    ) throws -> PackIndex.Pack {
        guard let file = try source.open(pack) else {
            throw PackError.missingPack(pack: pack.digest, feeds: feeds())
        }
        try file.prove(pack, feeds: feeds())
        let building = directory / "\(pack.digest.hex).unpacking"
        let sink = HashingSink([try HostFile.open(building, .create(permissions: 0o600), followLinks: false)])
        try PackError.naming(pack.digest, feeds: feeds()) {
            try DeltaDecoder.decode(
                from: file.stream(bytes: pack.storedBytes), storedBytes: pack.storedBytes, old: old, to: sink,
                unpackedBytes: pack.unpackedBytes, by: decoder)
        }
        let made = PackIndex.Pack(
            digest: sink.digest, codec: .raw, storedBytes: sink.count, unpackedBytes: sink.count)
        try FileSystem.rename(building, to: directory / made.fileName)
        return made
    }
}
