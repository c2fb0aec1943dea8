// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Facts about this program itself.
package enum BundleTool {
    /// `requires.bundle` is compared with it.
    package static let version = Version(major: 1, minor: 0, patch: 0)
}
