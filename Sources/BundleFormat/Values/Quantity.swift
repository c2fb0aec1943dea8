// SPDX-License-Identifier: Apache-2.0

/// A decimal number of at most six places, or such a share in per cent: `5`, `0.25`, `-3`, `150%`. Documents of ours hold
/// no fractions, so it is a text there.
package struct Quantity: Hashable, Sendable, CustomStringConvertible {
    package let millionths: Int
    package let isShare: Bool

    /// The largest number before the point.
    private static let limit: Int64 = 1_000_000_000_000

    package init(millionths: Int, isShare: Bool = false) {
        self.millionths = millionths
        self.isShare = isShare
    }

    package init?(_ text: some StringProtocol) {
        isShare = text.hasSuffix("%")
        let number = isShare ? text.dropLast() : text[...]
        let isNegative = number.hasPrefix("-")
        let parts = (isNegative ? number.dropFirst() : number).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, let whole = Grammar.decimal(first.utf8),
            whole <= Quantity.limit
        else { return nil }
        var places = 0
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard (1...6).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
            places = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
            for _ in digits.count..<6 { places *= 10 }
        }
        let sum = Int(whole) * 1_000_000 + places
        guard !(isShare && isNegative) else { return nil }
        millionths = isNegative ? -sum : sum
    }

    /// The number; of a share its per cent.
    package var number: Double { Double(millionths) / 1_000_000 }

    /// Without zeros at the end.
    package var description: String {
        let (whole, rest) = millionths.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var text = (millionths < 0 ? "-" : "") + String(whole)
        if rest != 0 {
            let digits = String(rest + 1_000_000).dropFirst()
            text += "." + String(digits.reversed().drop { $0 == "0" }.reversed())
        }
        return isShare ? text + "%" : text
    }
}

extension Quantity: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let quantity = Quantity(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a quantity")
        }
        self = quantity
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
