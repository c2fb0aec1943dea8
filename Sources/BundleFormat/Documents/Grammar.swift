// SPDX-License-Identifier: Apache-2.0

/// Grammars of short texts that become file names, unit names or lines (format §2).
package enum Grammar {
    /// `[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}`: names of images, secrets, ports, state directories.
    package static func isIdentifier(_ text: some StringProtocol) -> Bool {
        guard (1...64).contains(text.utf8.count), let first = text.utf8.first else { return false }
        let plain = { (byte: UInt8) in isLetterOrDigit(byte) || byte == UInt8(ascii: "_") }
        return plain(first)
            && text.utf8.allSatisfy { plain($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// `[A-Za-z_][A-Za-z0-9_]*`: environment variables (POSIX.1-2017 §8.1).
    package static func isVariable(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// Labels of letters, digits and hyphens with dots between them (RFC 1123 §2.1), and no IPv4 address.
    package static func isHostName(_ text: some StringProtocol) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.last?.utf8.allSatisfy({ (48...57).contains($0) }) == false else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    /// `gateway.enabled`: keys of values, joined by dots.
    package static func isValueName(_ text: some StringProtocol) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isVariable($0) }
    }

    /// One line without control characters.
    package static func isLine(_ text: some StringProtocol) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
    }

    /// What an IP address or a host name is written with; nothing that could end a word or a line.
    package static func isHostAddress(_ text: some StringProtocol) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { isLetterOrDigit($0) || [UInt8](".:-".utf8).contains($0) }
    }

    /// Decimal digits without sign or leading zero, as a number that fits.
    package static func decimal(_ digits: some Collection<UInt8>) -> Int64? {
        guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1, digits.count <= 19 else {
            return nil
        }
        var value: Int64 = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            let (times, lost) = value.multipliedReportingOverflow(by: 10)
            let (sum, over) = times.addingReportingOverflow(Int64(digit - 48))
            guard !lost, !over else { return nil }
            value = sum
        }
        return value
    }

    /// RFC 3339 in UTC with whole seconds: `2026-11-21T04:40:00Z`.
    package static func isTimestamp(_ text: String) -> Bool {
        let shape = Array("0000-00-00T00:00:00Z".utf8)
        let bytes = Array(text.utf8)
        guard bytes.count == shape.count else { return false }
        return zip(bytes, shape).allSatisfy { byte, wanted in
            wanted == UInt8(ascii: "0") ? (48...57).contains(byte) : byte == wanted
        }
    }

    /// 40 or 64 lower-case hexadecimal digits: a git commit.
    package static func isCommit(_ text: String) -> Bool {
        (text.utf8.count == 40 || text.utf8.count == 64) && Hexadecimal.decode(text.utf8) != nil
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}
