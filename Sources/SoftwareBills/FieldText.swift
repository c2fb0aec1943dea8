// SPDX-License-Identifier: Apache-2.0

/// Texts of databases as they may stand in a document of ours.
enum FieldText {
    /// No name or version is longer in practice.
    static let maximumBytes = 1024

    /// What is no UTF-8 is replaced; U+0000 must not be in our JSON (format §6).
    static func string(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes.lazy.filter { $0 != 0 && $0 != UInt8(ascii: "\r") }, as: UTF8.self)
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
