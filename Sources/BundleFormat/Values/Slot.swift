// SPDX-License-Identifier: Apache-2.0

/// One complete running copy of a release on a host.
package enum Slot: String, Codable, Sendable, CaseIterable, Hashable {
    case blue
    case green

    package var other: Slot { self == .blue ? .green : .blue }
}
