// SPDX-License-Identifier: Apache-2.0
package import HostSystem

/// A journal as it was read.
package struct JournalRecord: Equatable, Sendable {
    package let header: JournalHeader
    package let lines: [JournalLine]
    /// Bytes of a line that a crash tore at the end; what it was to say did not happen or is not known to have.
    package let tornBytes: Int

    /// Reads a journal, open or archived.
    package static func read(_ path: HostPath) throws -> JournalRecord {
        let text = try ChainedFile.read(path)
        var lines: [JournalLine] = []
        for (index, document) in text.documents.enumerated() {
            guard let line = RecordCoding.decode(JournalLine.self, document), line.sequence == index + 1 else {
                throw RecordError.chainBroken(path: path, line: index + 1)
            }
            lines.append(line)
        }
        guard case .begun(let header)? = lines.first?.entry else { throw RecordError.journalWithoutHeader(path: path) }
        return JournalRecord(header: header, lines: lines, tornBytes: text.tornBytes)
    }

    /// How it ended; nil while it is open.
    package var outcome: JournalOutcome? {
        for line in lines.reversed() { if case .outcome(let outcome) = line.entry { return outcome } }
        return nil
    }

    /// Steps that began, in order; the last of them may have run in part, or not at all.
    package var begun: [String] {
        lines.compactMap { if case .intent(let step) = $0.entry { step } else { nil } }
    }

    /// Steps that are known to have ended.
    package var done: [String] {
        lines.compactMap { if case .done(let step) = $0.entry { step } else { nil } }
    }

    /// Steps that were undone.
    package var undone: [String] {
        lines.compactMap { if case .undone(let step) = $0.entry { step } else { nil } }
    }

    /// Runs of jobs, each once when it began and once when it ended.
    package var jobs: [JournalJob] {
        lines.compactMap { if case .job(let job) = $0.entry { job } else { nil } }
    }

    /// What was written down between the steps: seconds since 1970, and words.
    package var notes: [(at: Int64, words: String)] {
        lines.compactMap { if case .note(let words) = $0.entry { ($0.at, words) } else { nil } }
    }

    /// When the last line was written, in seconds since 1970.
    package var ended: Int64 { lines.last?.at ?? header.started }
}
