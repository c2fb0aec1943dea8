// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import Compression
import Cryptography

/// Gives back contents from packs. Nothing is believed for where it lies: a pack's stored bytes are hashed before they
/// are decoded, a content's bytes before it counts as there.
package struct PackReader: Sendable {
    package let index: PackIndex
    let source: any PackSource
    let decoder: any StreamDecoder

    /// - Parameters:
    ///   - index: from bytes that a trusted signature covers.
    ///   - decoder: what the program chose, but in tests.
    package init(
        index: PackIndex, source: any PackSource, decoder: any StreamDecoder = ProcessDecoder.current
    ) {
        self.index = index
        self.source = source
        self.decoder = decoder
    }

    /// Proves a pack, then sends its unpacked bytes along the routes of a router that is new.
    func decode(_ number: Int, to router: RangeRouter, feeds: @autoclosure () -> [String]) throws {
        try Task.checkCancellation()
        let pack = index.packs[number]
        guard let form = pack.codec.form else {
            throw PackError.unsupportedCodec(pack: pack.digest, codec: pack.codec.rawValue)
        }
        guard let file = try source.open(pack) else {
            throw PackError.missingPack(pack: pack.digest, feeds: feeds())
        }
        try file.prove(pack, feeds: feeds())
        try PackError.naming(pack.digest, feeds: feeds()) {
            try decoder.decode(
                form, from: file.stream(bytes: pack.storedBytes), storedBytes: pack.storedBytes, to: router,
                unpackedBytes: pack.unpackedBytes)
        }
        guard router.isComplete else {
            let found = CompressionError.tooShort(declared: pack.unpackedBytes, found: pack.unpackedBytes)
            throw PackError.undecodablePack(pack: pack.digest, reason: found, feeds: feeds())
        }
    }
}
