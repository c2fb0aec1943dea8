// SPDX-License-Identifier: Apache-2.0

/// What a key is believed for; a key has one role (trust §4.2).
package enum Role: String, CaseIterable, Codable, Sendable {
    case approve
    case host
    case release
    case root
}
