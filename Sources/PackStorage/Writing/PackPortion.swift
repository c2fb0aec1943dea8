// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// What of a content lies among its like: code among code, tables among tables. Compression finds more so, and a filter for
/// code does no harm to what is none.
package struct PackPortion: Sendable {
    package let content: PackContent
    package let kind: PackContent.Kind
    /// The chunks that it has; nil for all.
    let isCode: Bool?
    package let size: Int64

    /// Its chunks as they stand in the content.
    var slices: [PackPlan.Slice] {
        var slices: [PackPlan.Slice] = []
        var offset: Int64 = 0
        for chunk in content.chunks {
            if isCode ?? chunk.isCode == chunk.isCode {
                slices.append(
                    PackPlan.Slice(
                        content: content.digest, offset: offset, length: Int64(chunk.length), digest: chunk.digest))
            }
            offset += Int64(chunk.length)
        }
        return slices
    }
}
