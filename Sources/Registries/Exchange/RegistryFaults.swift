// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// The body of an answer that is none (distribution-spec v1.1, "Error codes").
enum RegistryFaults {
    private struct Body: Decodable {
        struct Entry: Decodable {
            let code: String?
            let message: String?
        }
        let errors: [Entry]
    }

    /// What it says, in one short line; empty when it says nothing that is understood. It is the registry's own text: one
    /// printable line of it, and no more.
    static func text(_ bytes: [UInt8]) -> String {
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(bytes)) else { return "" }
        let said = body.errors.map { [$0.code, $0.message].compactMap(\.self).joined(separator: ": ") }
        return String(
            said.joined(separator: "; ").map { $0.isASCII && $0 >= " " && $0 != "\u{7f}" ? $0 : "?" }.prefix(200))
    }
}
