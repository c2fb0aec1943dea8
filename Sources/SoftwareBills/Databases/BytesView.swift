// SPDX-License-Identifier: Apache-2.0

/// Bytes of a database, read where asked and never past the end: every offset in it may be a lie.
struct BytesView {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }
    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    var count: Int { bytes.count }

    func range(_ offset: Int, _ count: Int) throws(BillFault) -> ArraySlice<UInt8> {
        guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
            throw .damaged("an offset past its end")
        }
        return bytes[(bytes.startIndex + offset)..<(bytes.startIndex + offset + count)]
    }

    func big(_ offset: Int, _ count: Int) throws(BillFault) -> Int {
        try range(offset, count).reduce(0) { $0 << 8 | Int($1) }
    }

    func little(_ offset: Int, _ count: Int) throws(BillFault) -> Int {
        try range(offset, count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// A text that ends in a zero.
    func text(_ offset: Int) throws(BillFault) -> String {
        let rest = try range(offset, max(0, min(FieldText.maximumBytes + 1, count - offset)))
        guard let end = rest.firstIndex(of: 0) else { throw .damaged("a text without an end") }
        return FieldText.string(rest[..<end])
    }
}
