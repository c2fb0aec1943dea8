// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Installer

/// What can be wrong before a host verb begins.
enum HostVerbError: Error, Equatable {
    case notRoot(verb: String)
    case nothingInstalled
    case severalProducts([String])
    case noSuchProduct(String, installed: [String])
    case noSuchRelease(product: String, asked: String, held: [String])
    case preflight([PreflightProblem])
    case notAsked(verb: String)
    /// No terminal to ask at, for what cannot be undone.
    case needsYes(verb: String)
    /// A release waits to be promoted; nothing else may begin.
    case waiting(ReleaseName, Version)
    case nothingWaits(ReleaseName)
    /// Nothing of it serves, so there is no cutover to prove.
    case nothingToRehearse(ReleaseName)
    case rehearsalFailed(RehearsalFigures)
    /// The unit that watches a canary could not be started.
    case notWatched(ReleaseName, String)
    /// systemd refused the transient unit.
    case noUnit(String)
    case nothingFollowed(String?)
    case notHeld(ReleaseName, Version, held: [String])
    case notInEvidence(ReleaseName, Version)
    case tooLate(String)
    /// It is done; that it is could not be written into the audit log.
    case notLogged(verb: String, String)
}
