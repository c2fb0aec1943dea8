// SPDX-License-Identifier: Apache-2.0

/// Which of two versions is older. Debian's order (deb-version(7)) serves for all, once what each kind of package writes before a
/// release comes to stand behind `~`: it differs from rpm's and apk's own only in spellings that do not occur in one package.
struct VersionOrder {
    private let isSemantic: Bool
    private let isAlpine: Bool
    private let hasRevision: Bool

    /// - Parameter url: a component's package URL.
    init(of url: String?) {
        let url = url ?? ""
        isSemantic = url.hasPrefix("pkg:golang/") || url.hasPrefix("pkg:cargo/") || url.hasPrefix("pkg:generic/")
        isAlpine = url.hasPrefix("pkg:apk/")
        hasRevision = !isSemantic
    }

    func precedes(_ left: String, _ right: String) -> Bool {
        let (left, right) = (parts(left), parts(right))
        if left.epoch != right.epoch { return left.epoch < right.epoch }
        let order = VersionOrder.compare(left.version, right.version)
        guard order == 0 else { return order < 0 }
        // `1.2.3` is asked for, and any revision of it is meant.
        guard let first = left.revision, let second = right.revision else { return false }
        return VersionOrder.compare(first, second) < 0
    }

    private func parts(_ text: String) -> (epoch: Int, version: [UInt8], revision: [UInt8]?) {
        var bytes = Array(text.utf8)[...]
        var epoch = 0
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            epoch = Int(String(decoding: bytes[..<colon], as: UTF8.self)) ?? 0
            bytes = bytes[(colon + 1)...]
        }
        if isSemantic {
            if bytes.first == UInt8(ascii: "v") { bytes = bytes.dropFirst() }
            // Build metadata does not count (semver.org, 10); what is behind the first hyphen comes before the release (9).
            bytes = bytes[..<(bytes.firstIndex(of: UInt8(ascii: "+")) ?? bytes.endIndex)]
            if let hyphen = bytes.firstIndex(of: UInt8(ascii: "-")) { bytes[hyphen] = UInt8(ascii: "~") }
        }
        if isAlpine {
            for suffix in ["_alpha", "_beta", "_pre", "_rc"] {
                if let found = VersionOrder.place(of: Array(suffix.utf8), in: bytes) {
                    bytes[found] = UInt8(ascii: "~")
                }
            }
        }
        guard hasRevision, let hyphen = bytes.lastIndex(of: UInt8(ascii: "-")) else {
            return (epoch, Array(bytes), nil)
        }
        return (epoch, Array(bytes[..<hyphen]), Array(bytes[(hyphen + 1)...]))
    }

    private static func place(of needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= needle.count else { return nil }
        return (bytes.startIndex...(bytes.endIndex - needle.count)).first {
            bytes[$0..<($0 + needle.count)].elementsEqual(needle)
        }
    }

    /// deb-version(7): runs without digits by letters before all else and `~` before the end, then runs of digits by number.
    private static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var (i, j) = (0, 0)
        while i < left.count || j < right.count {
            while (i < left.count && !isDigit(left[i])) || (j < right.count && !isDigit(right[j])) {
                let a = i < left.count && !isDigit(left[i]) ? weight(left[i]) : 0
                let b = j < right.count && !isDigit(right[j]) ? weight(right[j]) : 0
                if a != b { return a - b }
                if i < left.count, !isDigit(left[i]) { i += 1 }
                if j < right.count, !isDigit(right[j]) { j += 1 }
            }
            let a = left[i...].prefix(while: isDigit)
            let b = right[j...].prefix(while: isDigit)
            (i, j) = (i + a.count, j + b.count)
            let (first, second) = (a.drop { $0 == 48 }, b.drop { $0 == 48 })
            if first.count != second.count { return first.count - second.count }
            if first.lexicographicallyPrecedes(second) { return -1 }
            if second.lexicographicallyPrecedes(first) { return 1 }
        }
        return 0
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func weight(_ byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: "~"): -1
        case 65...90, 97...122: Int(byte)
        default: Int(byte) + 256
        }
    }
}
