// SPDX-License-Identifier: Apache-2.0

/// How many bytes a part may have: `700m`, `4g`, with k, m and g as powers of 1,024, or plain bytes.
///
/// A file on FAT32 has 4 GiB - 1 at most. Whoever says `4g` means that.
package struct PartSize: Hashable, Sendable {
    package let bytes: Int64

    package static let least: Int64 = 64 << 10
    package static let most: Int64 = (4 << 30) - 1

    package init?(_ text: some StringProtocol) {
        let factors: [Character: Int64] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        let factor = text.last.flatMap { factors[Character($0.lowercased())] }
        guard let number = Grammar.decimal((factor == nil ? text[...] : text.dropLast()).utf8) else { return nil }
        let (product, overflow) = Int64(number).multipliedReportingOverflow(by: factor ?? 1)
        guard !overflow, product >= PartSize.least, product <= PartSize.most + 1 else { return nil }
        bytes = min(product, PartSize.most)
    }
}
