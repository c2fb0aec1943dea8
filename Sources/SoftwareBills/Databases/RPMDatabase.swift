// SPDX-License-Identifier: Apache-2.0

/// rpm's database in each of the forms that it has had: what they hold is the same, one header a package.
enum RPMDatabase {
    static func packages(_ bytes: [UInt8]) throws(BillFault) -> [SoftwarePackage] {
        let view = BytesView(bytes)
        var found = PackageList()
        func take(_ header: [UInt8]) throws(BillFault) {
            if let package = try package(BytesView(header)) { try found.append(package) }
        }
        if bytes.starts(with: Array("SQLite format 3\0".utf8)) {
            try SQLiteTable(view).blobs(of: "Packages", each: take)
        } else if bytes.starts(with: Array("RpmP".utf8)) {
            try NDBPackages.blobs(view, each: take)
        } else if BerkeleyHash.isOne(view) {
            // Its first record counts the others.
            try BerkeleyHash.values(view) { (value) throws(BillFault) in if value.count > 16 { try take(value) } }
        } else {
            throw .unknownForm
        }
        return found.packages
    }

    /// A header without its magic, as databases keep it (rpm, docs/manual/format_header.md): the number of entries, the bytes
    /// of data, 16 bytes an entry (tag, type, offset, count), the data; all numbers with the high byte first.
    private static func package(_ view: BytesView) throws(BillFault) -> SoftwarePackage? {
        let entries = try view.big(0, 4)
        let size = try view.big(4, 4)
        guard entries <= 1 << 16 else { throw .damaged("a header of \(entries) entries") }
        let data = BytesView(try view.range(8 + entries * 16, size))
        var texts: [Int: String] = [:]
        var epoch: Int?
        for number in 0..<entries {
            let tag = try view.big(8 + number * 16, 4)
            guard [1000, 1001, 1002, 1003, 1022, 1044].contains(tag) else { continue }
            let type = try view.big(12 + number * 16, 4)
            let offset = try view.big(16 + number * 16, 4)
            // INT32, STRING.
            if tag == 1003, type == 4 { epoch = try data.big(offset, 4) }
            if tag != 1003, type == 6, texts[tag] == nil { texts[tag] = try data.text(offset) }
        }
        guard let name = texts[1000], let version = texts[1001], let release = texts[1002] else {
            throw .damaged("a header without name, version and release")
        }
        // Keys of repositories are kept like packages and are none.
        guard name != "gpg-pubkey" else { return nil }
        return SoftwarePackage(
            kind: .rpm, name: name, version: "\(version)-\(release)", arch: texts[1022],
            epoch: epoch.map { String($0) }, upstream: texts[1044])
    }
}
