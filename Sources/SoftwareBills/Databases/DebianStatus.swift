// SPDX-License-Identifier: Apache-2.0

/// dpkg's `status`, and the single paragraphs that distroless images keep in `status.d/` (deb-control(5), dpkg-query(1)).
enum DebianStatus {
    static func packages(_ bytes: [UInt8]) throws(BillFault) -> [SoftwarePackage] {
        var found = PackageList()
        var fields: [String: String] = [:]
        try FieldText.lines(bytes) { (line) throws(BillFault) in
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) {
                if !fields.isEmpty { try end(&fields, &found) }
            } else if line.first != 0x20, line.first != 0x09 {
                guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                    throw .damaged("a line that is no field")
                }
                let key = FieldText.string(line[..<colon]).lowercased()
                guard wanted.contains(key) else {
                    fields[""] = ""
                    return
                }
                let value = line[line.index(after: colon)...].drop { $0 == 0x20 }
                guard value.count <= FieldText.maximumBytes else { throw .damaged("a field of \(value.count) bytes") }
                fields[key] = FieldText.string(value)
            }
        }
        return found.packages
    }

    private static let wanted: Set<String> = ["package", "version", "architecture", "source", "status"]

    private static func end(_ fields: inout [String: String], _ found: inout PackageList) throws(BillFault) {
        defer { fields = [:] }
        guard let name = fields["package"], !name.isEmpty else { throw .damaged("a paragraph without a name") }
        // What was removed and left its configuration stays listed; a package half unpacked has its files there.
        if let status = fields["status"]?.split(separator: " ").last,
            ["not-installed", "config-files"].contains(status)
        {
            return
        }
        // `Source: glibc (2.36-9)`: the version only where it differs.
        let source = fields["source"].map { String($0.prefix { $0 != " " }) }
        try found.append(
            SoftwarePackage(
                kind: .deb, name: name, version: fields["version"], arch: fields["architecture"],
                upstream: source == name ? nil : source))
    }
}
