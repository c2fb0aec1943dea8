// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Reporting
import Trust

/// One receipt, for people in a line and for programs as an object.
enum ReceiptAnswer {
    static func line(_ receipt: Receipt) -> String {
        let release =
            switch receipt.subject {
            case .host: "-"
            case .product(let name): name.text
            case .release(let release, let digest): "\(release.name) \(release.version) (\(digest.short))"
            }
        let words = receipt.detail.map { "  \($0)" } ?? ""
        return Console.line(
            "\(padded(receipt.number))  \(UTCTime(receipt.wallSeconds))  \(receipt.verb)  \(receipt.outcome.rawValue)  "
                + release + overridden(receipt) + words)
    }

    /// ` OVERRIDE signatures`: which rules did not count, by the name that `--override` takes, or by what else stood there.
    static func overridden(_ receipt: Receipt) -> String {
        guard !receipt.overrides.isEmpty else { return "" }
        let rules = receipt.overrides.map { String($0.rule.prefix { $0 != ":" }) }
        return Console.line(" OVERRIDE " + rules.joined(separator: ", "))
    }

    static func padded(_ number: Int) -> String { String(Receipt.fileName(number).prefix { $0 != "." }) }

    static func document(_ receipt: Receipt) -> JSONValue {
        let optional = { (text: String?) -> JSONValue in text.map { .string($0) } ?? .null }
        var members: [JSONValue.Member] = [
            .init("number", .integer(Int64(receipt.number))), .init("host", .string(receipt.hostName)),
            .init("host_key", .string(receipt.host.hex)), .init("time", UTCTime.json(receipt.wallSeconds)),
            .init("monotonic", .integer(receipt.monotonicMilliseconds)), .init("boot", .string(receipt.bootID)),
            .init("verb", .string(receipt.verb)), .init("outcome", .string(receipt.outcome.rawValue)),
            .init("name", optional(receipt.subject.product?.text)),
            .init("digest", optional(receipt.subject.digest?.hex)),
            .init("root", receipt.root.map { .integer(Int64($0.number)) } ?? .null),
            .init("keys", .array(receipt.signers.map { .string($0.hex) })),
            .init("approvals", .array(receipt.approvals.map { .string($0.hex) })),
            .init(
                "overrides",
                .array(receipt.overrides.map { ["rule": .string($0.rule), "reason": .string($0.reason)] })),
            .init("note", optional(receipt.note)), .init("detail", optional(receipt.detail)),
            .init("log_lines", .integer(Int64(receipt.log.lines))),
        ]
        if case .release(let release, _) = receipt.subject {
            members.append(.init("version", .string(release.version.description)))
            members.append(.init("arch", .string(release.arch.rawValue)))
        }
        return .object(members)
    }
}
