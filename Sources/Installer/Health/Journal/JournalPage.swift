// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// A stretch of a unit's journal.
package struct JournalPage: Equatable, Sendable {
    /// Messages, oldest first.
    package var messages: [String]
    /// Where the next stretch begins: behind this entry. nil when the journal has none yet.
    package var cursor: String?

    package init(messages: [String] = [], cursor: String? = nil) {
        self.messages = messages
        self.cursor = cursor
    }

    /// Longer messages are cut: no pattern looks further.
    private static let messageLimit = 16 * 1024

    /// Reads what `journalctl --output=json` writes: one object a line (systemd.journal-fields(7), JOURNAL_EXPORT_FORMATS.md).
    /// A last line that was cut off is left for the next look.
    init(json bytes: [UInt8], after cursor: String?) {
        self.init(cursor: cursor)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let entry = try? StrictJSON.parse(Array(line)), case .string(let cursor)? = entry["__CURSOR"] else {
                continue
            }
            self.cursor = cursor
            if let message = JournalPage.text(entry["MESSAGE"]) { messages.append(message) }
        }
    }

    /// Text that is not UTF-8, or holds control characters, comes as a list of bytes; what is too large as null.
    private static func text(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text): String(text.prefix(messageLimit))
        case .array(let items):
            String(
                decoding: items.prefix(messageLimit).compactMap { item -> UInt8? in
                    if case .integer(let number) = item { UInt8(exactly: number) } else { nil }
                }, as: UTF8.self)
        default: nil
        }
    }
}
