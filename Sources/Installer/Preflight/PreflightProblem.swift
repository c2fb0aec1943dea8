// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// A reason why a release cannot be deployed here, found before anything changes. All are told at once; the words are in
/// `Commands/Wording`.
package enum PreflightProblem: Error, Equatable, Sendable {
    // The host.
    case notRoot
    case wrongArchitecture(release: Architecture, machine: String)
    /// nil: there is none, or it does not answer.
    case systemdTooOld(found: Int?, needed: Int)
    case nftTooOld(found: [Int]?, needed: [Int])
    case kernelTooOld(found: String, needed: String)
    /// Bytes.
    case memoryTooSmall(found: Int64, needed: Int64)
    /// The limits of both slots add up to more than there is.
    case limitsExceedMemory(MemoryNeed, found: Int64)
    case commandMissing(String)
    /// The release carries images and nothing here can run them; the first that could, or the one that the site wants.
    case runtimeMissing(ContainerRuntime, isWanted: Bool, images: [String])
    /// It is here and does not answer.
    case runtimeSilent(ContainerRuntime, said: String)
    case runtimeTooOld(ContainerRuntime, found: [Int], needed: [Int])
    /// Containers get control groups in which nothing can be steered, limited and ended as systemd does.
    case runtimeGroups(ContainerRuntime, found: String)
    /// A service says by itself when it is ready, and the runtime hands that on to nobody.
    case runtimeNotifiesNobody(ContainerRuntime, service: String)
    /// A fixed port of an image needs them (decision 0022).
    case noUnifiedControlGroups(service: String)
    /// `user:` of a service asks for a number that somebody of this host has.
    case containerUserTaken(service: String, number: Int, name: String, isGroup: Bool)
    case unitNotActive(String)
    /// nil: there is none. The package's own name is `haproxy` everywhere.
    case haproxyTooOld(found: [Int]?, needed: [Int])
    /// The product serves by another driver than its site now asks for.
    case driverChanges(from: TrafficDriver, to: TrafficDriver)

    // The release against what is installed.
    case bundleTooOld(found: Version, needed: Version)
    /// What is installed is older than the oldest that this release can replace.
    case upgradeFromTooOld(installed: Version, oldest: Version)
    /// Older than the newest that was ever called good, and never here itself.
    case belowFloor(version: Version, floor: Version)
    /// A job of a newer release changed data for good.
    case dataMovedOn(job: String, by: Version, offered: Version)
    /// This version was here with another digest: one of the two is not what it says.
    case otherDigest(version: Version, installed: Digest, offered: Digest)

    // Ports; `use` is SERVICE.PORT.
    case portTaken(port: Int, use: String, listener: String, owner: SocketOwner?)
    case portOfOtherProduct(port: Int, use: String, product: ReleaseName)
    case portTwice(port: Int, uses: [String])

    /// Clients are turned away by this host's firewall; `opening` is the command that lets them in, where one is known.
    case blockedFromOutside(ports: [Int], answer: ConnectionAnswer, place: String?, opening: String?)
    /// A rule of somebody else sends the port's clients elsewhere, without anybody who listens.
    case portRewritten(port: Int, use: String, rule: String)

    // File systems, each once, by the first path of ours on it.
    case noSpace(path: HostPath, needed: Int64, free: Int64)
    case noInodes(path: HostPath, needed: Int64, free: Int64)
    case readOnly(path: HostPath)

    // What executables need.
    case interpreterMissing(String, executables: [ReleasePath])
    case libraryMissing(String, executables: [ReleasePath])
    /// nil: there is no glibc here at all.
    case glibcTooOld(found: String?, needed: String, executables: [ReleasePath])

    // What exists and is not ours.
    case userNotOurs(String)
    case unitNotOurs(HostPath)
    case directoryNotOurs(HostPath)

    // State that `host.yaml` moves.
    case stateParentMissing(HostPath)
    case stateNotOurs(HostPath, user: UInt32)

    // Secrets.
    case secretMissing(id: String, path: HostPath, about: String?)
    /// Not a regular file, or others than root may read it.
    case secretExposed(id: String, path: HostPath, permissions: UInt16, user: UInt32)
    case secretNotAFile(id: String, path: HostPath)
    /// Wanted as a variable, and holds a NUL, which no variable can.
    case secretNotText(id: String, path: HostPath)
    case certificate(id: String, path: HostPath, CertificateFault)
}
