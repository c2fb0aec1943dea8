// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat

/// Why a host is changed, in the operator's words: for the audit log and the history.
struct NoteOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Why, in your words: kept in the audit log and the history, with who logged in.", valueName: "text"))
    var note: String?

    func validate() throws {
        guard let note else { return }
        guard !note.isEmpty, note.utf8.count <= 400, Grammar.isLine(note) else {
            throw ValidationError("--note takes one line of at most 400 bytes")
        }
    }
}
