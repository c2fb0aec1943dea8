// SPDX-License-Identifier: Apache-2.0

/// apk's `lib/apk/db/installed`: paragraphs of `K:value` lines (apk-package(5): P name, V version, A architecture, o origin).
enum AlpineDatabase {
    static func packages(_ bytes: [UInt8]) throws(BillFault) -> [SoftwarePackage] {
        var found = PackageList()
        var fields: [UInt8: String] = [:]
        try FieldText.lines(bytes) { (line) throws(BillFault) in
            guard !line.isEmpty else {
                if !fields.isEmpty { try end(&fields, &found) }
                return
            }
            guard line.count >= 2, line[line.startIndex + 1] == UInt8(ascii: ":"), let key = line.first else {
                throw .damaged("a line that is no field")
            }
            let value = line.dropFirst(2)
            guard "PVAo".utf8.contains(key) else {
                if fields.isEmpty { fields[0] = "" }
                return
            }
            guard value.count <= FieldText.maximumBytes else { throw .damaged("a field of \(value.count) bytes") }
            fields[key] = FieldText.string(value)
        }
        return found.packages
    }

    private static func end(_ fields: inout [UInt8: String], _ found: inout PackageList) throws(BillFault) {
        defer { fields = [:] }
        guard let name = fields[UInt8(ascii: "P")], !name.isEmpty else { throw .damaged("a paragraph without a name") }
        let origin = fields[UInt8(ascii: "o")]
        try found.append(
            SoftwarePackage(
                kind: .apk, name: name, version: fields[UInt8(ascii: "V")], arch: fields[UInt8(ascii: "A")],
                upstream: origin == name ? nil : origin))
    }
}
