// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Builds the context of a template: the variables that docs/values.md lists, and no others.
package enum TemplateContext {
    /// - Parameters:
    ///   - service: whose `listen` and `state` are meant; nil for a config file that several services read (see
    ///     `owner(ofConfig:in:)`), which then has neither.
    ///   - file: for a `check` command: the rendered file, as `file`.
    package static func make(
        manifest: Manifest, values: Value, service: String?, slot: SlotFacts, file: String? = nil
    ) -> Value {
        var root: ValueMap = [
            "name": .text(manifest.name.text), "version": .text(manifest.version.description),
            "arch": .text(manifest.arch.rawValue), "slot": .text(slot.slot?.rawValue ?? ""),
            "bin": .text(slot.bin), "share": .text(slot.share), "config": .text(slot.config),
            "host": slot.host.value, "values": values,
            "secrets": secrets(manifest, slot), "address": addresses(slot),
            "credentials": texts(slot.credentials),
        ]
        if let service {
            root["listen"] = listen(slot.listen[service] ?? [:])
            root["state"] = texts(slot.state[service] ?? [:])
        }
        if let file { root["file"] = .text(file) }
        return .map(root)
    }

    /// The one service that reads a config file; nil when none or several do.
    package static func owner(ofConfig name: String, in manifest: Manifest) -> String? {
        let readers = manifest.services.filter { $0.value.config.contains(name) }.keys
        return readers.count == 1 ? readers.first : nil
    }

    /// Every declared secret, true when the site provides it: `{% if secrets.X %}` works for optional ones, and a
    /// name that is not declared is an error. Their contents never come near a template.
    private static func secrets(_ manifest: Manifest, _ slot: SlotFacts) -> Value {
        map(manifest.secrets) { id, _ in .bool(slot.secretsPresent.contains(id)) }
    }

    /// `listen.PORT` is a text and has members too, which are keys of their own: see `joinedKeys`.
    private static func listen(_ ports: [String: SlotFacts.Listen]) -> Value {
        var entries = ValueMap()
        for (port, listen) in ports.sorted(by: { $0.key < $1.key }) {
            entries[port] = .text(listen.endpoint.description)
            entries["\(port).address"] = .text(listen.endpoint.address)
            entries["\(port).port"] = .integer(listen.endpoint.port)
            if let endpoint6 = listen.endpoint6 {
                entries["\(port).v6"] = .text(endpoint6.description)
                entries["\(port).address6"] = .text(endpoint6.address)
            }
        }
        return .map(entries)
    }

    private static func addresses(_ slot: SlotFacts) -> Value {
        map(slot.addresses) { _, ports in
            var entries = ValueMap()
            for (port, endpoint) in ports.sorted(by: { $0.key < $1.key }) {
                entries[port] = .text(endpoint.description)
                entries["\(port).address"] = .text(endpoint.address)
                entries["\(port).port"] = .integer(endpoint.port)
            }
            return .map(entries)
        }
    }

    private static func texts(_ texts: [String: String]) -> Value { map(texts) { .text($1) } }

    private static func map<Item>(_ items: [String: Item], _ value: (String, Item) -> Value) -> Value {
        .map(ValueMap(items.sorted { $0.key < $1.key }.map { (key: $0.key, value: value($0.key, $0.value)) }))
    }
}
