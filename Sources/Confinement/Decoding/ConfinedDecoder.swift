// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import Compression
import HostSystem

/// Decodes in confined children: one for each pack that is decoded at the same time, kept from pack to pack.
package final class ConfinedDecoder: StreamDecoder {
    private let children: IdleChildren

    package init(start: @escaping @Sendable () throws -> ConfinedChild = { try ConfinedChild() }) {
        children = IdleChildren(start: start)
    }

    package func decode(
        _ form: CompressedForm, from source: any ByteSource, storedBytes: Int64, to sink: any ByteSink,
        unpackedBytes: Int64
    ) throws {
        // Nothing is parsed of bytes that are stored as they are.
        if form == .raw {
            return try Decompressor.decompress(
                form, from: source, storedBytes: storedBytes, to: sink, unpackedBytes: unpackedBytes)
        }
        let child = try children.take()
        let assignment = Assignment(.decode(form), inputBytes: storedBytes, outputBytes: unpackedBytes)
        switch try child.perform(assignment, from: source, to: sink) {
        case .done: children.giveBack(child)
        case .fault(let fault): throw fault
        case .problems: throw DecoderFault.disobeyed
        }
    }

    package func rest() { children.endAll() }
}
