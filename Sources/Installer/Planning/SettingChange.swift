// SPDX-License-Identifier: Apache-2.0
import YAMLDocuments

/// One value of the site that a deployment sets otherwise than what serves: comments, order and spelling are no difference.
package struct SettingChange: Codable, Equatable, Sendable {
    /// `values.yaml` or `host.yaml`.
    package var file: String
    /// `log.level`, `peers[2]`; empty for a file that is no document.
    package var key: String
    /// As the files say it; nil where they do not.
    package var before: String?
    package var after: String?

    /// Sorted by file and key. Documents that cannot be read differ from all others, and from nothing else.
    package static func list(from old: SiteFiles, to new: SiteFiles) -> [SettingChange] {
        [("values.yaml", old.values, new.values), ("host.yaml", old.host, new.host)].flatMap { file, before, after in
            let before = settings(before, file)
            let after = settings(after, file)
            return Set(before.keys).union(after.keys).sorted().compactMap { key in
                before[key] == after[key]
                    ? nil : SettingChange(file: file, key: key, before: before[key], after: after[key])
            }
        }
    }

    private static func settings(_ bytes: [UInt8]?, _ file: String) -> [String: String] {
        guard let bytes else { return [:] }
        guard let node = try? YAMLDocument.parse(bytes, file: file) else { return ["": "no document"] }
        var found: [String: String] = [:]
        collect(node, at: "", into: &found)
        return found
    }

    private static func collect(_ node: YAMLNode, at key: String, into found: inout [String: String]) {
        switch node.content {
        case .scalar(let scalar): if !key.isEmpty { found[key] = scalar.text }
        case .sequence(let items):
            if items.isEmpty { found[key] = "[]" }
            for (index, item) in items.enumerated() { collect(item, at: "\(key)[\(index)]", into: &found) }
        case .mapping(let pairs):
            if pairs.isEmpty, !key.isEmpty { found[key] = "{}" }
            for pair in pairs { collect(pair.value, at: key.isEmpty ? pair.name : "\(key).\(pair.name)", into: &found) }
        }
    }
}
