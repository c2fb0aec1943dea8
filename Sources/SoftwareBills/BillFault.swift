// SPDX-License-Identifier: Apache-2.0

/// Why a database or a program's build information says nothing. It is written into the bill, in these words: what could not be
/// read must never look like what holds nothing.
package enum BillFault: Error, Equatable, Sendable {
    /// In bytes.
    case tooLarge(limit: Int)
    case damaged(String)
    /// A form that this version does not read.
    case unknownForm
    /// Other programs of the image took what is read of one (`ProgramBill.imageBytes`).
    case spent

    package var reason: String {
        switch self {
        case .tooLarge(let limit): "larger than \(limit >> 20) MiB"
        case .damaged(let what): "damaged: \(what)"
        case .unknownForm: "of a form that is not read"
        case .spent: "build information beyond the \(ProgramBill.imageBytes >> 20) MiB that are read of an image"
        }
    }
}
