// SPDX-License-Identifier: Apache-2.0
import HostRecords
import HostSystem
import YAMLDocuments

extension HostStatus {
    /// Files of the site that say something else than when the release that serves was installed or reconfigured: an edit
    /// that does not run yet, or a way back to values of then. Comments and order are no difference.
    mutating func lookForEdits(_ layout: HostLayout) {
        guard let active = record.active else { return }
        let kept = layout.evidence(active.directory)
        editedSettings = [(layout.siteValues, "values.yaml"), (layout.siteHost, "host.yaml")].compactMap { file, name in
            let now = HostStatus.settings(file)
            let then = HostStatus.settings(kept / name)
            return now == then ? nil : file.text
        }
    }

    /// What a file says; its bytes where it is no document, nil where it is not there or empty.
    private static func settings(_ file: HostPath) -> Setting? {
        guard (try? FileSystem.exists(file)) == true else { return nil }
        guard let bytes = try? FileSystem.readAll(file, limit: YAMLDocument.limitBytes),
            let node = try? YAMLDocument.parse(bytes, file: file.text)
        else { return .nonsense }
        return node.isNull ? nil : Setting(node)
    }

    /// A document without its places.
    private indirect enum Setting: Equatable {
        case nonsense
        case scalar(YAMLScalar.Value)
        case list([Setting])
        case map([String: Setting])

        init(_ node: YAMLNode) {
            switch node.content {
            case .scalar(let scalar): self = .scalar(scalar.value)
            case .sequence(let items): self = .list(items.map(Setting.init))
            case .mapping(let pairs):
                self = .map(Dictionary(pairs.map { ($0.name, Setting($0.value)) }) { first, _ in first })
            }
        }
    }
}
