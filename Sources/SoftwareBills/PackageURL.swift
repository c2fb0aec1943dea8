// SPDX-License-Identifier: Apache-2.0

/// `pkg:deb/debian/curl@7.88.1?arch=amd64`: one name for a package in all tools (purl-spec, ECMA-427).
package struct PackageURL: Equatable, Sendable, CustomStringConvertible {
    package var type: String
    package var namespace: [String]
    package var name: String
    package var version: String?
    package var qualifiers: [String: String] = [:]

    package init(type: String, namespace: [String] = [], name: String, version: String?) {
        self.type = type
        self.namespace = namespace
        self.name = name
        self.version = version
    }

    package var description: String {
        let path = (namespace + [name]).map(PackageURL.encoded).joined(separator: "/")
        let tail = qualifiers.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }
            .map { "\($0.key)=\(PackageURL.encoded($0.value))" }.joined(separator: "&")
        return "pkg:\(type)/\(path)" + (version.map { "@" + PackageURL.encoded($0) } ?? "")
            + (tail.isEmpty ? "" : "?" + tail)
    }

    /// Letters, digits, `.-_~` and the colon stand as they are (purl-spec, character encoding).
    private static let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~:".utf8)
    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            bytes +=
                plain.contains(byte) ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
