// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Trust

extension Receipt {
    /// Reads one that a proven signature covers. There is one spelling: whatever is written otherwise is refused.
    /// - Throws: `ReceiptFault`.
    package init(parsing bytes: [UInt8]) throws(ReceiptFault) {
        guard bytes.count <= Receipt.limit else { throw .tooLong(bytes: bytes.count) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
        guard bytes.last == 10 else { throw .noLineFeed }
        var lines = ReceiptLines(text)
        self = try Receipt(head: &lines)
        root = try lines.optional("root") { words -> RootMark? in
            guard words.count == 2, let number = Int(words[0]), let digest = Digest(hex: words[1]) else { return nil }
            return RootMark(number: number, sha256: digest)
        }
        signers = try lines.all("signer") { KeyFingerprint(hex: $0) }
        approvals = try lines.all("approval") { KeyFingerprint(hex: $0) }
        while let rule = try lines.text("override") {
            guard let reason = try lines.text("reason") else { throw lines.fault("reason") }
            overrides.append(AuditEntry.Override(rule: rule, reason: reason))
        }
        note = try lines.text("note")
        detail = try lines.text("detail")
        guard lines.isAtEnd else { throw lines.fault("the end") }
        // Every second spelling that the above lets through: a leading zero, another order of keys, a month's 31st day.
        guard self.bytes == bytes else { throw .notCanonical }
    }

    /// The key that the first line names, of bytes that nothing has proven: only to say whose key is not believed here.
    static func namedHost(_ bytes: [UInt8]) -> KeyFingerprint? {
        let words = bytes.prefix { $0 != 10 }.prefix(128).split(separator: 32, omittingEmptySubsequences: false)
        guard words.count == 3, words[0].elementsEqual(format.utf8) else { return nil }
        return String(validating: words[2], as: UTF8.self).flatMap { KeyFingerprint(hex: $0) }
    }

    /// The lines that every receipt has.
    private init(head lines: inout ReceiptLines) throws(ReceiptFault) {
        let (number, host) = try lines.demand(Receipt.format) { words -> (Int, KeyFingerprint)? in
            guard words.count == 2, let number = Int(words[0]), (1...Receipt.lastNumber).contains(number),
                let host = KeyFingerprint(hex: words[1])
            else { return nil }
            return (number, host)
        }
        let before = try lines.demand("before") { $0.count == 1 ? Digest(hex: $0[0]) : nil }
        let voids = try lines.optional("voids") { $0 == ["\(number - 1)"] && number > 1 ? true : nil }
        let log = try lines.demand("log") { words -> LogMark? in
            guard words.count == 2, let count = Int(words[0]), count >= 0, let head = Digest(hex: words[1]) else {
                return nil
            }
            return LogMark(lines: count, head: head)
        }
        guard let name = try lines.text("host") else { throw lines.fault("host") }
        let wall = try lines.demand("time") { $0.count == 1 ? UTCSeconds.read(String($0[0])) : nil }
        let (milliseconds, boot) = try lines.demand("clock") { words -> (Int64, String)? in
            words.count == 2 && words[1].utf8.count <= 64 ? Int64(words[0]).map { ($0, String(words[1])) } : nil
        }
        let verb = try lines.demand("verb") { $0.count == 1 && Receipt.isVerb($0[0]) ? String($0[0]) : nil }
        let outcome = try lines.demand("outcome") { $0.count == 1 ? Outcome(rawValue: String($0[0])) : nil }
        self.init(
            number: number, host: host, before: number == 1 ? nil : before, log: log, hostName: name, wallSeconds: wall,
            monotonicMilliseconds: milliseconds, bootID: boot == "-" ? "" : boot, verb: verb, outcome: outcome,
            subject: try Receipt.subject(&lines))
        voidsOneBefore = voids ?? false
    }

    private static func subject(_ lines: inout ReceiptLines) throws(ReceiptFault) -> Subject {
        let product = try lines.optional("product") { $0.count == 1 ? ReleaseName($0[0]) : nil }
        if let product { return .product(product) }
        let release: Subject? = try lines.optional("release") { words -> Subject? in
            guard words.count == 4, let name = ReleaseName(words[0]), let version = Version(words[1]),
                let arch = Architecture(rawValue: String(words[2])), let digest = Digest(hex: words[3])
            else { return nil }
            return .release(ReleaseIdentity(name: name, version: version, arch: arch), digest: digest)
        }
        return release ?? .host
    }

    /// `[a-z][a-z-]{0,31}`.
    static func isVerb(_ text: some StringProtocol) -> Bool {
        (1...32).contains(text.utf8.count) && text.first != "-"
            && text.utf8.allSatisfy { (97...122).contains($0) || $0 == UInt8(ascii: "-") }
    }
}

/// The lines of a receipt, taken in their order.
private struct ReceiptLines {
    private let lines: [Substring]
    private var next = 0

    init(_ text: String) {
        // By scalars: a carriage return and a line feed would be one character, and no line's end.
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
            Substring.init)
    }

    var isAtEnd: Bool { next == lines.count }

    func fault(_ expected: String) -> ReceiptFault { .badLine(next + 1, expected: expected) }

    /// What stands behind the word, when the line begins with it.
    private mutating func take(_ word: String) -> Substring? {
        guard next < lines.count, lines[next].unicodeScalars.starts(with: "\(word) ".unicodeScalars) else { return nil }
        return lines[next].dropFirst(word.count + 1)
    }

    mutating func optional<Value>(_ word: String, _ read: ([Substring]) -> Value?) throws(ReceiptFault) -> Value? {
        guard let rest = take(word) else { return nil }
        guard let value = read(rest.split(separator: " ", omittingEmptySubsequences: false)) else { throw fault(word) }
        next += 1
        return value
    }

    mutating func demand<Value>(_ word: String, _ read: ([Substring]) -> Value?) throws(ReceiptFault) -> Value {
        guard let value = try optional(word, read) else { throw fault(word) }
        return value
    }

    mutating func all<Value>(_ word: String, _ read: (Substring) -> Value?) throws(ReceiptFault) -> [Value] {
        var values: [Value] = []
        while let value = try optional(word, { $0.count == 1 ? read($0[0]) : nil }) { values.append(value) }
        return values
    }

    mutating func text(_ word: String) throws(ReceiptFault) -> String? {
        guard let rest = take(word) else { return nil }
        guard Receipt.isLine(rest) else { throw fault(word) }
        next += 1
        return String(rest)
    }
}
