// SPDX-License-Identifier: Apache-2.0
import CArchive

/// What can go wrong while an archive is written or read.
package enum ArchiveError: Error, Equatable, Sendable {
    /// libarchive refused: its own words, which name the fault better than a code.
    case library(operation: String, text: String)
    /// A member got fewer or more bytes than its header says.
    case wrongMemberSize(name: String, declared: Int64, given: Int64)
    /// A member that says it has fewer than no bytes.
    case negativeSize
    /// A compressed stream in a compressed stream: who unpacks it once finds another one than who goes on.
    case compressedTwice
    /// A stream unpacks to far more than it is.
    case expandsTooFar(read: Int64, produced: Int64)
    case outOfMemory

    init(_ operation: String, _ archive: OpaquePointer) {
        let text = archive_error_string(archive).map { String(cString: $0) } ?? "errno \(archive_errno(archive))"
        self = .library(operation: operation, text: text)
    }
}
