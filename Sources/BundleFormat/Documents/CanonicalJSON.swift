// SPDX-License-Identifier: Apache-2.0

/// The one spelling of a JSON document of ours (format §6): keys sorted by their UTF-8 bytes, one value a line, one
/// space a level, integers, the fewest escapes, one newline at the end.
package enum CanonicalJSON {
    package static func write(_ value: JSONValue) -> [UInt8] {
        var bytes: [UInt8] = []
        append(value, depth: 0, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private static func append(_ value: JSONValue, depth: Int, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes += Array("null".utf8)
        case .bool(let flag): bytes += Array((flag ? "true" : "false").utf8)
        case .integer(let number): bytes += Array(String(number).utf8)
        case .string(let text): append(text, to: &bytes)
        case .array(let elements):
            list("[", "]", elements, depth, &bytes) { element, bytes in
                append(element, depth: depth + 1, to: &bytes)
            }
        case .object(let members):
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            list("{", "}", sorted, depth, &bytes) { member, bytes in
                append(member.key, to: &bytes)
                bytes += Array(": ".utf8)
                append(member.value, depth: depth + 1, to: &bytes)
            }
        }
    }

    private static func list<Element>(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ elements: [Element], _ depth: Int, _ bytes: inout [UInt8],
        _ appendElement: (Element, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: open))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            startLine(depth + 1, &bytes)
            appendElement(element, &bytes)
        }
        if !elements.isEmpty { startLine(depth, &bytes) }
        bytes.append(UInt8(ascii: close))
    }

    private static func startLine(_ depth: Int, _ bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\n"))
        bytes += repeatElement(UInt8(ascii: " "), count: depth)
    }

    /// Escapes what RFC 8259 §7 demands, by the short form where there is one (as RFC 8785 §3.2.2.2 does).
    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += Array("\\\"".utf8)
            case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
            case 0x08: bytes += Array("\\b".utf8)
            case 0x09: bytes += Array("\\t".utf8)
            case 0x0a: bytes += Array("\\n".utf8)
            case 0x0c: bytes += Array("\\f".utf8)
            case 0x0d: bytes += Array("\\r".utf8)
            case 0..<0x20: bytes += Array("\\u00\(Hexadecimal.encode([byte]))".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
