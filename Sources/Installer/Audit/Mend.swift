// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

/// One act of a repair, as a value: whole or not at all, and nothing when it was done already.
enum Mend: Equatable {
    /// A content out of the host's packs, of the release in that directory.
    case content(HostPath, Digest, permissions: UInt16, release: String)
    /// A text that was generated.
    case text(HostPath, [UInt8], permissions: UInt16, owner: FileOwner)
    case link(HostPath, target: String)
    case directory(HostPath, permissions: UInt16, owner: FileOwner)
    case permissions(HostPath, UInt16)
    /// Takes file capabilities off.
    case capabilities(HostPath)
    case owner(HostPath, FileOwner)
    /// systemd reads unit files again.
    case reload
    case boot
    case account
    case traffic
    /// By the release's name for it.
    case image(String)

    /// Directories before what is in them, texts before what reads them.
    var order: Int {
        switch self {
        case .account: 0
        case .directory: 1
        case .content, .text, .link: 2
        case .owner: 3
        case .permissions, .capabilities: 4
        case .boot: 5
        case .reload: 6
        case .image: 7
        case .traffic: 8
        }
    }
}
