// SPDX-License-Identifier: Apache-2.0

/// A table of an SQLite database, read by the published file format (sqlite.org/fileformat2.html), as far as rpm's needs it: rows
/// of a table b-tree in their order. No journal is read and nothing is executed (decision 0050).
struct SQLiteTable {
    private let view: BytesView
    private let pageSize: Int
    /// Of a page, without what extensions reserve.
    private let usable: Int

    /// - Parameter view: begins with the magic.
    init(_ view: BytesView) throws(BillFault) {
        self.view = view
        let size = try view.big(16, 2)
        pageSize = size == 1 ? 65536 : size
        guard pageSize >= 512, pageSize.nonzeroBitCount == 1 else { throw .damaged("pages of \(size) bytes") }
        usable = pageSize - (try view.big(20, 1))
        guard usable >= 480 else { throw .damaged("pages without room") }
    }

    /// The first blob of each row.
    func blobs(of table: String, each: ([UInt8]) throws(BillFault) -> Void) throws(BillFault) {
        var root: Int?
        // sqlite_schema: type, name, tbl_name, rootpage, sql.
        try rows(of: 1) { (columns) throws(BillFault) in
            guard columns.count >= 4, case .bytes(let type) = columns[0], case .bytes(let name) = columns[1],
                case .number(let page) = columns[3]
            else { return }
            if type.elementsEqual("table".utf8), name.elementsEqual(table.utf8) { root = page }
        }
        guard let root else { throw .damaged("no table \(table)") }
        try rows(of: root) { (columns) throws(BillFault) in
            for case .bytes(let value) in columns {
                try each(value)
                return
            }
            throw .damaged("a row without a blob")
        }
    }

    private enum Column {
        case number(Int)
        case bytes([UInt8])
        case other
    }

    /// Goes through a table b-tree; each page at most once, so that a tree that bites its tail ends.
    private func rows(of root: Int, each: ([Column]) throws(BillFault) -> Void) throws(BillFault) {
        var waiting = [root]
        var seen: Set<Int> = []
        // Rows that share bytes would make more of a file than there is.
        var taken = 0
        while let number = waiting.popLast() {
            guard seen.insert(number).inserted else { throw .damaged("a page that is in two places") }
            let page = try self.page(number)
            let header = number == 1 ? 100 : 0
            let cells = try page.big(header + 3, 2)
            switch try page.big(header, 1) {
            case 0x05:
                var children: [Int] = []
                for cell in 0..<cells {
                    children.append(try page.big(try page.big(header + 12 + 2 * cell, 2), 4))
                }
                children.append(try page.big(header + 8, 4))
                waiting += children.reversed()
            case 0x0d:
                for cell in 0..<cells {
                    let row = try payload(of: try page.big(header + 8 + 2 * cell, 2), in: page)
                    taken += row.count
                    guard taken <= view.count else { throw .damaged("rows that overlap") }
                    try each(try columns(row))
                }
            default: throw .damaged("a page that is no table's")
            }
        }
    }

    private func page(_ number: Int) throws(BillFault) -> BytesView {
        guard number >= 1, number <= view.count / pageSize else { throw .damaged("a page past its end") }
        return BytesView(try view.range((number - 1) * pageSize, pageSize))
    }

    /// A leaf's cell: the payload's length, the row's number, what of it is here, the first page of the rest.
    private func payload(of cell: Int, in page: BytesView) throws(BillFault) -> [UInt8] {
        let (length, first) = try variable(page, cell)
        let (_, start) = try variable(page, first)
        guard length >= 0, length <= view.count else { throw .damaged("a row that is longer than the file") }
        let most = usable - 35
        guard length > most else { return Array(try page.range(start, length)) }
        let least = (usable - 12) * 32 / 255 - 23
        let wanted = least + (length - least) % (usable - 4)
        let here = wanted <= most ? wanted : least
        var bytes = Array(try page.range(start, here))
        var next = try page.big(start + here, 4)
        while bytes.count < length {
            let overflow = try self.page(next)
            bytes += try overflow.range(4, min(usable - 4, length - bytes.count))
            next = try overflow.big(0, 4)
        }
        return bytes
    }

    /// No table that is read has more columns before the last that is looked at.
    private static let mostColumns = 8

    /// A record: the header's length, one serial type a column, the values. A header that claims to be the whole of a row would
    /// be a column a byte.
    private func columns(_ payload: [UInt8]) throws(BillFault) -> [Column] {
        let record = BytesView(payload)
        var (value, at) = try variable(record, 0)
        let end = value
        guard (0...record.count).contains(end) else { throw .damaged("a row of columns past its end") }
        var columns: [Column] = []
        while at < end, columns.count < SQLiteTable.mostColumns {
            let (type, next) = try variable(record, at)
            at = next
            let size = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0]
            switch type {
            case 1...6:
                columns.append(.number(try record.big(value, size[type])))
                value += size[type]
            case 8, 9: columns.append(.number(type - 8))
            case 0, 7:
                columns.append(.other)
                value += size[type]
            case 12...:
                let count = (type - 12) / 2
                columns.append(.bytes(Array(try record.range(value, count))))
                value += count
            default: throw .damaged("a column of no type")
            }
        }
        return columns
    }

    /// One to nine bytes, seven bits each but the last.
    private func variable(_ view: BytesView, _ offset: Int) throws(BillFault) -> (value: Int, next: Int) {
        var value: UInt64 = 0
        for index in 0..<9 {
            let byte = UInt64(try view.big(offset + index, 1))
            if index == 8 { return (Int(truncatingIfNeeded: value << 8 | byte), offset + 9) }
            value = value << 7 | byte & 0x7f
            if byte < 0x80 { return (Int(value), offset + index + 1) }
        }
        throw .damaged("a number without an end")
    }
}
