// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import YAMLDocuments

/// What `/etc/NAME/host.yaml` says about one machine.
package struct HostSettings: Equatable, Sendable {
    /// Values of this host, over those of the site; a part of the document, with its places.
    package var values: YAMLNode?
    /// `SERVICE.PORT` → number.
    package var ports: [String: Int] = [:]
    /// `SERVICE.DIRECTORY` → absolute path.
    package var state: [String: String] = [:]
    /// Releases to keep on disk, the running one included.
    package var keep: Int?

    package init() {}

    static let keys = ["values", "ports", "state", "keep", "roles", "networks"]

    /// - Throws: `SpecProblems` with everything that is wrong.
    package static func decode(_ node: YAMLNode) throws(SpecProblems) -> HostSettings {
        var settings = HostSettings()
        // A file of comments only says nothing.
        if node.isNull { return settings }
        let reader = SpecReader()
        if let top = reader.keys(node, keys) {
            for later in ["roles", "networks"] { reader.refuse(top[later], later) }
            settings.values = top["values"]
            settings.keep = reader.integer(top["keep"], 1...100)
            for pair in reader.names(top["ports"], isReference, expected: "SERVICE.PORT") {
                settings.ports[pair.name] = reader.integer(pair.value, 1...65535)
            }
            for pair in reader.names(top["state"], isReference, expected: "SERVICE.DIRECTORY") {
                settings.state[pair.name] = reader.parsed(pair.value, expected: "an absolute path") {
                    $0.hasPrefix("/") && !$0.split(separator: "/").contains("..") ? $0 : nil
                }
            }
        }
        guard reader.problems.isEmpty else { throw SpecProblems(reader.problems) }
        return settings
    }

    private static func isReference(_ text: String) -> Bool {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 && ReleaseName(parts[0]) != nil && Grammar.isIdentifier(parts[1])
    }
}
