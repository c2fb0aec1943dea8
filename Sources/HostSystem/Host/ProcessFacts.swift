// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Facts about this process.
package enum ProcessFacts {
    /// getpid(2).
    package static var id: Int32 { getpid() }
}
