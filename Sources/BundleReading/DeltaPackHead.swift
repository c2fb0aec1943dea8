// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import PackStorage

/// The head of a pack that refers to an older content, as it goes by: all that can be known of it where that content is not.
final class DeltaPackHead {
    private let pack: PackIndex.Pack
    private var bytes: [UInt8] = []

    init(_ pack: PackIndex.Pack) { self.pack = pack }

    func take(_ part: UnsafeRawBufferPointer) {
        if bytes.count < DeltaHead.size { bytes += part.prefix(DeltaHead.size - bytes.count) }
    }

    /// Holds it against the index; called when the pack's digest was compared.
    ///
    /// - Throws: `PackError.undecodablePack`.
    func check(_ index: PackIndex, feeds: () -> [String]) throws {
        guard let older = pack.older, let need = index.need(older) else { return }
        try PackError.naming(pack.digest, feeds: feeds()) {
            try DeltaHead(parsing: bytes).demand(
                old: older, size: need.size, unpackedBytes: pack.unpackedBytes)
        }
    }
}

extension PackIndex {
    /// The pack of a member, if it is one that refers to an older content.
    func delta(_ member: MemberName, _ number: Int) -> Pack? {
        guard case .pack = member, packs[number].codec == .delta else { return nil }
        return packs[number]
    }
}
