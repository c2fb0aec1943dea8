// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// What can be wrong with what a host remembers. All of them fail closed: nothing is guessed, nothing is started or
/// stopped, and the running slot goes on running.
package enum RecordError: Error, Equatable, Sendable {
    /// The state file's first line is not one of ours, or of a later `bundle`.
    case stateUnreadable(path: HostPath)
    /// The state file's document is not the one that was written.
    case stateDamaged(path: HostPath, expected: Digest, found: Digest)
    /// The document is whole but says what this `bundle` does not understand.
    case stateNotUnderstood(path: HostPath)
    /// There is none, though `/opt/NAME/current` says that a release serves.
    case stateGone(path: HostPath)
    /// Another run committed since this one read the state.
    case stateMoved(path: HostPath, read: Int, found: Int)
    /// A line of a chained file is not the one that was written, and what follows does not explain it.
    case chainBroken(path: HostPath, line: Int)
    /// An operation has not ended: recovery comes first.
    case operationOpen(path: HostPath)
    /// A journal that does not begin with what was intended.
    case journalWithoutHeader(path: HostPath)
    /// All 63 address numbers of this host are taken.
    case noAddressIndexLeft
}
