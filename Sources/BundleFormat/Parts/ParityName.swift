// SPDX-License-Identifier: Apache-2.0

/// The names of PAR2 files beside a bundle or its parts (format §16.5): `WHOLE.par2` and `WHOLE.volN+M.par2`. Nothing is
/// believed for them, and no reader of bundles looks at one.
package enum ParityName {
    package static let suffix = ".par2"

    package static func index(of whole: String) -> String { whole + suffix }

    /// What a file of such a name belongs to; nil when it is none.
    package static func whole(of name: String) -> String? {
        guard name.hasSuffix(suffix) else { return nil }
        let stem = String(name.dropLast(suffix.count))
        guard let dot = stem.lastIndex(of: "."), stem[dot...].hasPrefix(".vol") else { return carried(stem) }
        let numbers = stem[stem.index(dot, offsetBy: 4)...].split(separator: "+", omittingEmptySubsequences: false)
        let isVolume =
            numbers.count == 2 && numbers.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
        return carried(isVolume ? String(stem[..<dot]) : stem)
    }

    private static func carried(_ whole: String) -> String? { PartList.isCarried(whole) ? whole : nil }

    /// Whether a file is the bundle of this name, its list or one of its parts.
    package static func isCovered(_ name: String, of whole: String) -> Bool {
        name == whole || name == PartList.name(of: whole) || PartList.number(in: name)?.whole == whole
    }
}
