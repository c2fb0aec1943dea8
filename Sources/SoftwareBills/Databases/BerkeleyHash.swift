// SPDX-License-Identifier: Apache-2.0

/// The values of a Berkeley DB hash file, rpm's `Packages` of former years (Berkeley DB 4.8 and 5.3, dbinc/db_page.h; little-endian
/// files only, as all of ours are). Pages of other kinds are passed over; keys are not looked at.
enum BerkeleyHash {
    private static let hashPages: Set<Int> = [2, 13]
    private static let overflowPage = 7
    private static let headerBytes = 26

    /// DBMETA: the magic stands behind a log sequence number and a page number.
    static func isOne(_ view: BytesView) -> Bool { (try? view.little(12, 4)) == 0x061561 }

    static func values(_ view: BytesView, each: ([UInt8]) throws(BillFault) -> Void) throws(BillFault) {
        let size = try view.little(20, 4)
        guard size >= 512, size <= 64 << 10, size.nonzeroBitCount == 1 else { throw .damaged("pages of \(size) bytes") }
        guard try view.little(24, 1) == 0 else { throw .unknownForm }
        var taken = 0
        for page in 1..<max(1, view.count / size) {
            let bytes = BytesView(try view.range(page * size, size))
            guard hashPages.contains(try bytes.little(25, 1)) else { continue }
            let items = try bytes.little(20, 2)
            // Keys and values take turns.
            for item in stride(from: 1, to: items, by: 2) {
                let value = try value(item, of: bytes, in: view, size)
                taken += value.count
                guard taken <= view.count else { throw .damaged("values that overlap") }
                try each(value)
            }
        }
    }

    private static func value(
        _ item: Int, of page: BytesView, in view: BytesView, _ size: Int
    ) throws(BillFault) -> [UInt8] {
        let start = try page.little(headerBytes + 2 * item, 2)
        switch try page.little(start, 1) {
        case 1:
            // Items lie one below the other, from the page's end.
            let end = try page.little(headerBytes + 2 * (item - 1), 2)
            return Array(try page.range(start + 1, end - start - 1))
        case 3:
            return try overflow(from: try page.little(start + 4, 4), length: try page.little(start + 8, 4), view, size)
        default: throw .unknownForm
        }
    }

    private static func overflow(
        from first: Int, length: Int, _ view: BytesView, _ size: Int
    ) throws(BillFault) -> [UInt8] {
        guard length <= view.count else { throw .damaged("a value that is longer than the file") }
        var value: [UInt8] = []
        var page = first
        while value.count < length {
            let bytes = BytesView(try view.range(page * size, size))
            guard try bytes.little(25, 1) == overflowPage else { throw .damaged("a value that is not there") }
            let part = min(try bytes.little(22, 2), length - value.count)
            guard part > 0 else { throw .damaged("a value that has no end") }
            value += try bytes.range(headerBytes, part)
            page = try bytes.little(16, 4)
        }
        return value
    }
}
