// SPDX-License-Identifier: Apache-2.0

/// A range of IP addresses as a site writes it: `10.9.0.0/24`, `2001:db8::/32`, or one address. Two are equal that mean the
/// same addresses, however they are written: nft(8) writes them in its own way.
package struct AddressRange: Sendable {
    /// As it was written.
    package let text: String
    /// 4 or 16 bytes, those behind the prefix zero.
    private let bytes: [UInt8]
    private let bits: Int

    package var isIPv6: Bool { bytes.count == 16 }

    /// nil for what is no range.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = parts.first,
            let bytes = address.contains(":") ? AddressRange.groups(address) : AddressRange.octets(address)
        else { return nil }
        var bits = bytes.count * 8
        if parts.count == 2 {
            guard let given = Grammar.decimal(parts[1].utf8), given <= bits else { return nil }
            bits = Int(given)
        }
        self.text = text
        self.bits = bits
        self.bytes = bytes.enumerated().map { index, byte in
            let kept = max(0, min(8, bits - index * 8))
            return kept == 0 ? 0 : byte & (0xff << UInt8(8 - kept))
        }
    }

    /// Whether every address of the other is in this one.
    package func contains(_ other: AddressRange) -> Bool {
        guard isIPv6 == other.isIPv6, bits <= other.bits else { return false }
        return AddressRange("\(other.text.prefix { $0 != "/" })/\(bits)") == self
    }

    /// The same addresses without a range that is part of another: nft(8) refuses a set in which two overlap.
    package static func merged(_ ranges: [AddressRange]) -> [AddressRange] {
        var kept: [AddressRange] = []
        for range in ranges.sorted(by: { $0.bits < $1.bits }) where !kept.contains(where: { $0.contains(range) }) {
            kept.append(range)
        }
        return kept
    }

    private static func octets(_ text: Substring) -> [UInt8]? {
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
        let octets = numbers.compactMap { Grammar.decimal($0.utf8).flatMap { UInt8(exactly: $0) } }
        return numbers.count == 4 && octets.count == 4 ? octets : nil
    }

    /// RFC 4291 section 2.2: eight groups, or fewer around one `::`; no zone, no dotted tail.
    private static func groups(_ text: Substring) -> [UInt8]? {
        var halves: [[UInt8]] = []
        for half in text.split(separator: "::", omittingEmptySubsequences: false) {
            var bytes: [UInt8] = []
            for group in half.isEmpty ? [] : half.split(separator: ":", omittingEmptySubsequences: false) {
                guard (1...4).contains(group.utf8.count), group.allSatisfy(\.isHexDigit),
                    let number = UInt16(group, radix: 16)
                else { return nil }
                bytes += [UInt8(number >> 8), UInt8(number & 0xff)]
            }
            halves.append(bytes)
        }
        let given = halves.joined().count
        guard let head = halves.first, let tail = halves.last else { return nil }
        switch halves.count {
        case 1: return given == 16 ? head : nil
        case 2: return given < 16 ? head + [UInt8](repeating: 0, count: 16 - given) + tail : nil
        default: return nil
        }
    }
}

extension AddressRange: Hashable {
    package static func == (left: AddressRange, right: AddressRange) -> Bool {
        left.bytes == right.bytes && left.bits == right.bits
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(bytes)
        hasher.combine(bits)
    }
}

extension AddressRange: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let range = AddressRange(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "an address range")
        }
        self = range
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
