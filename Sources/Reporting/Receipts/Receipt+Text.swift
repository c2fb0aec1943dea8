// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Trust

extension Receipt {
    private static let zeros = String(repeating: "0", count: 64)

    /// The document: lines of a word, a space and what it says, in this order (trust §9.2).
    ///
    /// Texts of people's are brought into form: what would steer a terminal or end a line becomes `?`, and the end of one
    /// that is too long is left out.
    package var bytes: [UInt8] {
        var lines = [
            "\(Receipt.format) \(number) \(host)", "before \(before?.hex ?? Receipt.zeros)",
            voidsOneBefore ? "voids \(number - 1)" : nil,
            "log \(log.lines) \(log.head)", "host \(Receipt.line(hostName) ?? "-")",
            "time \(UTCSeconds.text(wallSeconds))",
            "clock \(max(0, monotonicMilliseconds)) \(bootID.isEmpty ? "-" : bootID)", "verb \(verb)",
            "outcome \(outcome.rawValue)", subject.line, root.map { "root \($0.number) \($0.sha256)" },
        ].compactMap(\.self)
        lines += Receipt.sorted(signers).map { "signer \($0)" }
        lines += Receipt.sorted(approvals).map { "approval \($0)" }
        for override in overrides.prefix(Receipt.overrides) {
            lines.append("override \(Receipt.line(override.rule) ?? "-")")
            lines.append("reason \(Receipt.line(override.reason) ?? "-")")
        }
        if let text = note.flatMap(Receipt.line) { lines.append("note \(text)") }
        if let text = detail.flatMap(Receipt.line) { lines.append("detail \(text)") }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// A key that signed twice is one; of more than can be in a bundle nobody speaks.
    private static func sorted(_ keys: [KeyFingerprint]) -> ArraySlice<KeyFingerprint> {
        Set(keys).sorted().prefix(Limits.signatures)
    }

    /// One line of at most `textBytes` that neither begins nor ends with a space; nil when nothing is left.
    private static func line(_ text: String) -> String? {
        var line = ""
        for scalar in text.unicodeScalars {
            let shown: Unicode.Scalar = Grammar.isLine(String(scalar)) ? scalar : "?"
            guard line.utf8.count + String(shown).utf8.count <= textBytes else { break }
            line.unicodeScalars.append(shown)
        }
        let words = line.drop { $0 == " " }
        let end = words.lastIndex { $0 != " " }
        return end.map { String(words[...$0]) }
    }

    static func isLine(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= textBytes && text.first != " " && text.last != " " && Grammar.isLine(text)
    }
}

extension Receipt.Subject {
    fileprivate var line: String? {
        switch self {
        case .host: nil
        case .product(let name): "product \(name)"
        case .release(let release, let digest): "release \(release) \(digest)"
        }
    }

    package var product: ReleaseName? {
        switch self {
        case .host: nil
        case .product(let name): name
        case .release(let release, _): release.name
        }
    }

    package var digest: Digest? { if case .release(_, let digest) = self { digest } else { nil } }
}
