// SPDX-License-Identifier: Apache-2.0
import CLinux

/// How this process finds the addresses of host names.
package enum NameLookup {
    /// `/etc/hosts` and DNS, and no module of the system's: what loads none cannot die of one. Once, before the first lookup.
    package static let plainly: Void = bundle_look_up_plainly()
}
