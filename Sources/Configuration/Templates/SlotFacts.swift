// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// What templates may know about the copy of a release that is being rendered, beside the manifest and the values.
/// Paths are absolute texts, as programs are to use them.
package struct SlotFacts: Equatable, Sendable {
    /// Where one port of one service is to bind.
    package struct Listen: Equatable, Sendable {
        package var endpoint: Endpoint
        package var endpoint6: Endpoint?

        package init(endpoint: Endpoint, endpoint6: Endpoint? = nil) {
            self.endpoint = endpoint
            self.endpoint6 = endpoint6
        }
    }

    /// nil while a recreate service is rendered.
    package var slot: Slot?
    package var bin: String
    package var share: String
    package var config: String
    package var host: MachineFacts
    /// service → port name.
    package var listen: [String: [String: Listen]]
    /// service → port name: where others reach it; the same slot's copy, or the stable port of a recreate service.
    package var addresses: [String: [String: Endpoint]]
    /// service → name of the state directory → path.
    package var state: [String: [String: String]]
    /// service → its credentials directory.
    package var credentials: [String: String]
    /// Secrets that the site provides.
    package var secretsPresent: Set<String>

    package init(
        slot: Slot?, bin: String, share: String, config: String, host: MachineFacts,
        listen: [String: [String: Listen]] = [:], addresses: [String: [String: Endpoint]] = [:],
        state: [String: [String: String]] = [:], credentials: [String: String] = [:], secretsPresent: Set<String> = []
    ) {
        self.slot = slot
        self.bin = bin
        self.share = share
        self.config = config
        self.host = host
        self.listen = listen
        self.addresses = addresses
        self.state = state
        self.credentials = credentials
        self.secretsPresent = secretsPresent
    }
}
