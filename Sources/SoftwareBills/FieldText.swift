// SPDX-License-Identifier: Apache-2.0

/// Texts of databases as they may stand in a document of ours.
enum FieldText {
    /// No name or version is longer in practice.
    static let maximumBytes = 1024

    /// Stands for a text that is no UTF-8. Replacing each of its bytes would make three of one.
    static let illegible = "\u{FFFD}"

    /// - Returns: `illegible` for what is no UTF-8. U+0000 must not be in our JSON (format §6).
    static func string(_ bytes: some Collection<UInt8>) -> String {
        String(validating: bytes.lazy.filter { $0 != 0 && $0 != UInt8(ascii: "\r") }, as: UTF8.self) ?? illegible
    }

    /// About what a text takes of a bill: what is not plain is written as an escape of several bytes there.
    static func weight(_ text: String) -> Int {
        text.utf8.reduce(0) { $0 + ((0x21...0x7e).contains($1) ? 1 : 4) }
    }

    /// Gives one line after the other, without its end, and an empty one at last. A list of all of them would be many times
    /// what a hostile file is.
    static func lines(
        _ bytes: [UInt8], each: (ArraySlice<UInt8>) throws(BillFault) -> Void
    ) throws(BillFault) {
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            try each(bytes[start..<end])
            start = end + 1
        }
        try each([])
    }
}
