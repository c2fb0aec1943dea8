// SPDX-License-Identifier: Apache-2.0

/// A switch that can prove a cutover where no client is. An optional capability, like `PreviewingSwitch`.
package protocol RehearsingSwitch: TrafficSwitch {
    /// The same mechanism with rules of its own beside those that serve. Its `remove` leaves the slots' addresses.
    var rehearsal: any TrafficSwitch { get }
}
