// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// What an operator should know before saying yes; it stops nothing. The words are in `Commands/Wording`.
package enum PlanWarning: Codable, Equatable, Sendable {
    /// An installation of an older release than the one that serves.
    case downgrade(from: Version, to: Version)
    /// Limits of both slots add up to more than the host has, which its site allows. Bytes.
    case limitsExceedMemory(needed: Int64, found: Int64)
    /// What is to start may take more than is available now. Bytes.
    case memoryTight(needed: Int64, available: Int64)
    /// `host.yaml` moves a state directory that holds data; `use` is SERVICE.NAME.
    case stateMoves(use: String, from: String, to: String)
    /// Public ports that do not answer from outside, by a rule that may treat clients otherwise, or as before. They are not
    /// watched in the bake.
    case unseenFromOutside(ports: [Int], place: String?, opening: String?)
    /// This machine has no network namespaces for us; public ports are not asked from outside.
    case noViewFromOutside
    /// Secrets that images get as variables, which docker keeps and shows.
    case secretsShown(ContainerRuntime, services: [String])
    case certificate(id: String, CertificateNotice)
    /// The clock says a time that cannot be (seconds since 1970), so nobody knows which certificates are in date.
    case clockUnbelievable(Int64)
}
