// SPDX-License-Identifier: Apache-2.0

/// What a token is asked for.
struct RegistryScope: Hashable, Sendable {
    let repository: String
    let isPushing: Bool

    var text: String { "repository:\(repository):pull\(isPushing ? ",push" : "")" }
}
