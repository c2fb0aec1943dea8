// SPDX-License-Identifier: Apache-2.0

/// A moment, and whether it can be true. Behind an air gap clocks stand at 1970 after a dead battery, or at whatever somebody
/// typed; a host with such a clock is warned and never refused for it.
package struct BelievableTime: Equatable, Sendable {
    /// Seconds since 1970.
    package let now: Int64
    package let isBelievable: Bool

    /// 2025-01-01: this program is younger.
    private static let earliest: Int64 = 1_735_689_600
    /// 2100-01-01.
    private static let latest: Int64 = 4_102_444_800
    /// Clocks that are set right go back a little.
    private static let tolerance: Int64 = 86_400

    /// - Parameter known: moments that are past for sure: of the last cutover here, of the release's making. One that
    ///   cannot be true itself counts for nothing.
    package init(now: Int64, after known: [Int64] = []) {
        self.now = now
        let past = known.filter { (BelievableTime.earliest..<BelievableTime.latest).contains($0) }
        let floor = max(BelievableTime.earliest, (past.max() ?? 0) - BelievableTime.tolerance)
        isBelievable = now >= floor && now < BelievableTime.latest
    }
}
