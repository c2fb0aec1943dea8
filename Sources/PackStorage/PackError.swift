// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import Compression

/// What can be wrong with packs and what is asked of them. Facts; the words are in `Commands/Wording`.
package enum PackError: Error, Equatable, Sendable {
    /// The pack is not where packs are kept. `feeds` are the paths that need it, sorted.
    case missingPack(pack: Digest, feeds: [String])
    /// The stored bytes are not those that the index names; nothing of them was decoded.
    case damagedPack(pack: Digest, found: Digest, feeds: [String])
    /// The stored bytes are the right ones and still do not decode: the bundle was made wrong.
    case undecodablePack(pack: Digest, reason: CompressionError, feeds: [String])
    /// The process that decodes came to an end of its own, or could not be had.
    case decoderFailed(pack: Digest, reason: DecoderFault, feeds: [String])
    /// What the index's ranges add up to is not the content.
    case wrongContent(Digest, found: Digest, feeds: [String])
    /// The index has no such content.
    case unknownContent(Digest, feeds: [String])
    /// A form of pack that this version cannot read yet.
    case unsupportedCodec(pack: Digest, codec: String)
    /// A source changed between being collected and being packed.
    case sourceChanged(path: String)
    /// Others than this user own a cache, or can write into it.
    case cacheOpenToOthers(path: String)
}

extension PackError {
    /// Does the work; what a decoder finds wrong gets the name of the pack.
    package static func naming<Result>(
        _ pack: Digest, feeds: @autoclosure () -> [String], _ work: () throws -> Result
    ) throws -> Result {
        do {
            return try work()
        } catch let reason as CompressionError {
            throw PackError.undecodablePack(pack: pack, reason: reason, feeds: feeds())
        } catch let reason as DecoderFault {
            throw PackError.decoderFailed(pack: pack, reason: reason, feeds: feeds())
        }
    }
}
