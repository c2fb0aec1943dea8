// SPDX-License-Identifier: Apache-2.0

/// A semantic version (semver.org 2.0.0). A leading `v` is dropped on reading; order ignores build metadata.
package struct Version: Hashable, Sendable, CustomStringConvertible {
    package let major: Int
    package let minor: Int
    package let patch: Int
    /// Dot-separated identifiers behind `-`, empty for a final release.
    package let prerelease: [String]
    /// Dot-separated identifiers behind `+`; carried, never compared.
    package let build: [String]

    /// A final release.
    package init(major: Int, minor: Int, patch: Int) {
        self.major = major
        self.minor = minor
        self.patch = patch
        prerelease = []
        build = []
    }

    /// - Returns: nil unless the text is a whole semantic version of at most 64 bytes.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 64 else { return nil }
        var rest = Substring(text)
        if rest.first == "v" { rest.removeFirst() }
        var build: [String] = []
        if let plus = rest.firstIndex(of: "+") {
            guard let found = Version.identifiers(rest[rest.index(after: plus)...], numbersStrict: false) else {
                return nil
            }
            build = found
            rest = rest[..<plus]
        }
        var prerelease: [String] = []
        if let dash = rest.firstIndex(of: "-") {
            guard let found = Version.identifiers(rest[rest.index(after: dash)...], numbersStrict: true) else {
                return nil
            }
            prerelease = found
            rest = rest[..<dash]
        }
        let numbers = rest.split(separator: ".", omittingEmptySubsequences: false).map(Version.number)
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2] else {
            return nil
        }
        self.major = major
        self.minor = minor
        self.patch = patch
        self.prerelease = prerelease
        self.build = build
    }

    package var description: String {
        var text = "\(major).\(minor).\(patch)"
        if !prerelease.isEmpty { text += "-" + prerelease.joined(separator: ".") }
        if !build.isEmpty { text += "+" + build.joined(separator: ".") }
        return text
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        guard text == "0" || text.first != "0" else { return nil }
        return Int(text)
    }

    private static func identifiers(_ text: Substring, numbersStrict: Bool) -> [String]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        for part in parts {
            let letters = part.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45
            }
            guard !part.isEmpty, letters else { return nil }
            let numeric = part.utf8.allSatisfy { (48...57).contains($0) }
            if numbersStrict, numeric, part.count > 1, part.first == "0" { return nil }
        }
        return parts.map(String.init)
    }
}

extension Version: Comparable {
    /// Precedence by semver.org §11.
    package static func < (left: Version, right: Version) -> Bool {
        let leftCore = [left.major, left.minor, left.patch]
        let rightCore = [right.major, right.minor, right.patch]
        if leftCore != rightCore { return leftCore.lexicographicallyPrecedes(rightCore) }
        if left.prerelease.isEmpty || right.prerelease.isEmpty {
            return !left.prerelease.isEmpty && right.prerelease.isEmpty
        }
        for (a, b) in zip(left.prerelease, right.prerelease) where a != b {
            switch (Int(a), Int(b)) {
            case (let x?, let y?): return x < y
            case (_?, nil): return true
            case (nil, _?): return false
            case (nil, nil): return a < b
            }
        }
        return left.prerelease.count < right.prerelease.count
    }
}

extension Version: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let version = Version(text), version.description == text else { throw FormatError.badVersion(text) }
        self = version
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
