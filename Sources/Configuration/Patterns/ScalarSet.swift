// SPDX-License-Identifier: Apache-2.0

/// Which characters one place of a pattern accepts.
struct ScalarSet: Equatable, Sendable {
    /// A general category of Unicode by the first letter, or both letters, of its short name.
    struct Category: Equatable, Sendable {
        let name: String
    }

    var ranges: [ClosedRange<UInt32>] = []
    var categories: [Category] = []
    /// Sets that count as they are, `\D` inside of `[…]`.
    var members: [ScalarSet] = []
    var isNegated = false

    init() {}

    init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

    init(ranges: [ClosedRange<UInt32>], isNegated: Bool = false) {
        self.ranges = ranges
        self.isNegated = isNegated
    }

    init(category: Category) { categories = [category] }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let isMember =
            ranges.contains { $0.contains(scalar.value) } || members.contains { $0.contains(scalar) }
            || categories.contains { $0.contains(scalar) }
        return isMember != isNegated
    }

    func negated() -> ScalarSet {
        var set = self
        set.isNegated.toggle()
        return set
    }

    static let digits = ScalarSet(ranges: [0x30...0x39])
    static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a])
    /// WhiteSpace and LineTerminator of ECMA-262.
    static let space = ScalarSet(ranges: [
        0x9...0xd, 0x20...0x20, 0xa0...0xa0, 0x1680...0x1680, 0x2000...0x200a, 0x2028...0x2029, 0x202f...0x202f,
        0x205f...0x205f, 0x3000...0x3000, 0xfeff...0xfeff,
    ])
    /// `.`: all but ECMA's line terminators.
    static let any = ScalarSet(ranges: [0xa...0xa, 0xd...0xd, 0x2028...0x2029], isNegated: true)
}

extension ScalarSet.Category {
    /// - Parameter text: what stands between the braces of `\p{…}`; nil for a property we do not carry.
    init?(_ text: String) {
        let long = [
            "Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Mark": "M", "Number": "N",
            "Decimal_Number": "Nd", "digit": "Nd", "Punctuation": "P", "Symbol": "S", "Separator": "Z", "Other": "C",
        ]
        let short = long[text] ?? text
        guard Set(long.values).contains(short) else { return nil }
        name = short
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        Self.shortName(scalar.properties.generalCategory).hasPrefix(name)
    }

    private static func shortName(_ category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter, .modifierLetter, .otherLetter: "L"
        case .nonspacingMark, .spacingMark, .enclosingMark: "M"
        case .decimalNumber: "Nd"
        case .letterNumber, .otherNumber: "N"
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            "P"
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: "S"
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: "Z"
        default: "C"
        }
    }
}
