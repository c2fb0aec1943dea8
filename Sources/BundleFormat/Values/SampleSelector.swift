// SPDX-License-Identifier: Apache-2.0

/// Which samples of a Prometheus page are meant: `http_requests_total{code="500", method!="GET"}`. Written as a series is
/// there, with `!=` beside `=`; a label that a series lacks is empty.
package struct SampleSelector: Equatable, Sendable {
    package struct Label: Equatable, Sendable {
        package let name: String
        package let value: String
        package let isEqual: Bool
    }

    package let name: String
    package let labels: [Label]

    package init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        guard let name = SampleText.name(&rest, colons: true) else { return nil }
        self.name = name
        guard !rest.isEmpty else {
            labels = []
            return
        }
        guard rest.first == UInt8(ascii: "{"), let labels = SampleText.labels(&rest, selecting: true), rest.isEmpty
        else {
            return nil
        }
        self.labels = labels
    }

    package func selects(name: String, labels there: [Label]) -> Bool {
        guard name == self.name else { return false }
        return labels.allSatisfy { wanted in
            let value = there.first { $0.name == wanted.name }?.value ?? ""
            return (value == wanted.value) == wanted.isEqual
        }
    }
}

/// The parts that a selector and a series have in common (Prometheus' text format 0.0.4): names and labels.
package enum SampleText {
    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`, for labels without the colon.
    package static func name(_ rest: inout ArraySlice<UInt8>, colons: Bool) -> String? {
        let end = rest.firstIndex { byte in
            let letter = (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
            return !(letter || (48...57).contains(byte) || (colons && byte == UInt8(ascii: ":")))
        }
        let name = rest[rest.startIndex..<(end ?? rest.endIndex)]
        guard let first = name.first, !(48...57).contains(first) else { return nil }
        rest = rest[name.endIndex...]
        return String(decoding: name, as: UTF8.self)
    }

    /// `{a="b",c="d",}`, the brace included; `selecting` also reads `!=`.
    package static func labels(_ rest: inout ArraySlice<UInt8>, selecting: Bool) -> [SampleSelector.Label]? {
        guard take("{", &rest) else { return nil }
        var labels: [SampleSelector.Label] = []
        while true {
            skipBlanks(&rest)
            if take("}", &rest) { return labels }
            guard let name = name(&rest, colons: false) else { return nil }
            skipBlanks(&rest)
            let isEqual = !(selecting && take("!", &rest))
            guard take("=", &rest) else { return nil }
            skipBlanks(&rest)
            guard let value = quoted(&rest), !labels.contains(where: { $0.name == name }) else { return nil }
            labels.append(SampleSelector.Label(name: name, value: value, isEqual: isEqual))
            skipBlanks(&rest)
            guard take(",", &rest) || rest.first == UInt8(ascii: "}") else { return nil }
        }
    }

    package static func skipBlanks(_ rest: inout ArraySlice<UInt8>) {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    /// `\\`, `\"` and `\n` are the escapes that there are.
    private static func quoted(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard take("\"", &rest) else { return nil }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(validating: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                switch rest.popFirst() {
                case UInt8(ascii: "n"): bytes.append(UInt8(ascii: "\n"))
                case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
                case UInt8(ascii: "\""): bytes.append(UInt8(ascii: "\""))
                default: return nil
                }
            default: bytes.append(byte)
            }
        }
        return nil
    }

    private static func take(_ character: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }
}
