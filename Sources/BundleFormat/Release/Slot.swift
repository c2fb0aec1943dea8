// SPDX-License-Identifier: Apache-2.0

/// One of the two complete places for running copies of a release on a host.
package enum Slot: String, Codable, Sendable, CaseIterable {
    case blue
    case green

    package var other: Slot { self == .blue ? .green : .blue }
}
