// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// A moment, and whether it can be true. Behind an air gap clocks stand at 1970 after a dead battery, or at whatever somebody
/// typed; a host with such a clock is warned and never refused for it.
package struct BelievableTime: Equatable, Sendable {
    /// Seconds since 1970.
    package let now: Int64
    package let isBelievable: Bool

    /// Clocks that are set right go back a little.
    private static let tolerance: Int64 = 86_400

    /// - Parameter known: moments that are past for sure: of the last cutover here, of the release's making. One that
    ///   cannot be true itself counts for nothing.
    package init(now: Int64, after known: [Int64] = []) {
        self.now = now
        let bounds = UTCSeconds.believable
        let past = known.filter { bounds.contains($0) }
        let floor = max(bounds.lowerBound, (past.max() ?? 0) - BelievableTime.tolerance)
        isBelievable = now >= floor && now < bounds.upperBound
    }
}
