// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import PackStorage

/// The packs of a release that the host holds: there is nothing to bring, but images can be streamed out of them. Each
/// content is hashed on its way out and compared with what the proven manifest names.
final class HeldPacks: ReleaseDelivery {
    private let index: PackIndex
    private let packs: HostPath

    init(index: PackIndex, packs: HostPath) {
        self.index = index
        self.packs = packs
    }

    func stage(progress: @escaping @Sendable (Int64, Int64) -> Void) throws {}
    func unpack(progress: @escaping @Sendable (Int64, Int64) -> Void) async throws {}
    func keepEvidence() throws {}

    func write(content: Digest, to sink: any ByteSink) throws {
        try PackReader(index: index, source: PackStore(packs)).write(content, to: sink)
    }
}
