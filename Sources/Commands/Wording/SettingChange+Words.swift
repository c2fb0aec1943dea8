// SPDX-License-Identifier: Apache-2.0
import Installer

extension SettingChange {
    /// `log.level: info -> debug`, on one line whatever the value holds.
    var words: String {
        let texts = [before, after].map { $0.map(SettingChange.line) ?? "not set" }
        return "\(key.isEmpty ? "" : "\(key): ")\(texts[0]) -> \(texts[1])"
    }

    private static func line(_ text: String) -> String {
        let first = Console.printable(
            text.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? "")
        return first.count == text.count && text.count <= 60 ? first : "\(first.prefix(60))…"
    }
}
