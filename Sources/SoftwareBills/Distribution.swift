// SPDX-License-Identifier: Apache-2.0

/// What an image's `os-release` says that it is (os-release(5)).
package struct Distribution: Equatable, Sendable {
    /// Of a name and of a version, which stand in the package URL of each package.
    private static let maximumBytes = 64

    /// `debian`.
    package let id: String
    /// `12`; rolling ones have none.
    package let version: String?
    /// For people.
    package let name: String?

    package init(id: String, version: String?, name: String? = nil) {
        self.id = id
        self.version = version
        self.name = name
    }

    /// `debian-12`: the qualifier `distro` of package URLs.
    package var tag: String { version.map { "\(id)-\($0)" } ?? id }

    /// - Returns: nil for a text that names none.
    package init?(osRelease bytes: [UInt8]) {
        var values: [String: String] = [:]
        // The real ones have 500 bytes; a list of all lines of a hostile one would be many times what it is.
        for line in bytes.prefix(64 << 10).split(separator: UInt8(ascii: "\n")).prefix(1000) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            var value = line[line.index(after: equals)...]
            if let quote = value.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"), value.count >= 2,
                value.last == quote
            {
                value = value.dropFirst().dropLast()
            }
            values[FieldText.string(line[..<equals])] = FieldText.string(value)
        }
        // lower-case letters, digits and `._-`, says the manual; what is not is no distribution's name.
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789._-".utf8)
        guard let id = values["ID"], !id.isEmpty, id.utf8.count <= Distribution.maximumBytes,
            id.utf8.allSatisfy({ allowed.contains($0) })
        else { return nil }
        let version = values["VERSION_ID"].flatMap { version in
            let isOne =
                !version.isEmpty && version.utf8.count <= Distribution.maximumBytes && version != FieldText.illegible
            return isOne ? version : nil
        }
        self.init(id: id, version: version, name: values["PRETTY_NAME"])
    }
}
