// SPDX-License-Identifier: Apache-2.0
package import HostSystem

/// One operation of the past, or the one that has not ended.
package struct HistoryEntry: Equatable, Sendable {
    /// From 1; nil for the open one.
    package let number: Int?
    package let path: HostPath
    /// nil when the journal cannot be read: it is listed all the same.
    package let record: JournalRecord?
}

/// The journals of operations that have ended: `history/NNNNNN.journal`.
package enum History {
    private static let suffix = ".journal"

    static func path(_ layout: HostLayout, _ number: Int) -> HostPath {
        let digits = String(number)
        return layout.history / (String(repeating: "0", count: max(0, 6 - digits.count)) + digits + suffix)
    }

    /// In order; files that are not ours are left alone.
    static func numbers(_ layout: HostLayout) throws -> [Int] {
        guard try FileSystem.status(layout.history)?.kind == .directory else { return [] }
        return try FileSystem.list(layout.history).filter { $0.hasSuffix(suffix) }
            .compactMap { Int($0.dropLast(suffix.count)) }.sorted()
    }

    /// The newest first; the open one, if any, before all.
    package static func list(_ layout: HostLayout) throws -> [HistoryEntry] {
        var entries = try numbers(layout).reversed().map { number in
            let path = path(layout, number)
            return HistoryEntry(number: number, path: path, record: try? JournalRecord.read(path))
        }
        if try FileSystem.exists(layout.journal) {
            let record = try? JournalRecord.read(layout.journal)
            entries.insert(HistoryEntry(number: nil, path: layout.journal, record: record), at: 0)
        }
        return entries
    }
}
