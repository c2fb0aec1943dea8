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
        guard let isCode else { return content.slices }
        return zip(content.chunks, content.slices).filter { $0.0.isCode == isCode }.map(\.1)
    }
}
