// SPDX-License-Identifier: Apache-2.0

/// A config file that is rendered on the host.
package struct ConfigTemplate: Codable, Equatable, Sendable {
    /// The template, a file of the tree.
    package var template: ReleasePath
    /// argv of a program that checks the rendered file; templates; empty for none.
    package var check: [String]
    /// It may hold secrets: handed over as a credential, and no file that others may read. Never false, so that it has one
    /// spelling.
    package var sensitive: Bool?

    package init(template: ReleasePath, check: [String] = [], sensitive: Bool? = nil) {
        self.template = template
        self.check = check
        self.sensitive = sensitive
    }

    package var isSensitive: Bool { sensitive == true }
}
