// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostSystem

/// A state directory that `host.yaml` moves to a place that systemd does not make.
package struct MovedDirectory: Equatable, Sendable {
    package var path: HostPath
    /// nil: it is not there.
    package var status: FileStatus?
    package var isEmpty: Bool
    package var hasParent: Bool

    package init(path: HostPath, status: FileStatus?, isEmpty: Bool, hasParent: Bool) {
        self.path = path
        self.status = status
        self.isEmpty = isEmpty
        self.hasParent = hasParent
    }
}

extension Preflight {
    /// The installation makes the directory and gives it to the services' user. What holds something of somebody else's is
    /// never taken over, and a missing parent is more likely a file system that is not mounted than a wish.
    func movedState() -> [PreflightProblem] {
        facts.movedState.compactMap { moved in
            guard let status = moved.status else { return moved.hasParent ? nil : .stateParentMissing(moved.path) }
            guard status.kind == .directory else { return .stateNotOurs(moved.path, user: status.user) }
            if let user = facts.user, status.user == user.user { return nil }
            // An empty one of another user's is that user's to fill: another product's service may be about to.
            return moved.isEmpty && status.user == 0 ? nil : .stateNotOurs(moved.path, user: status.user)
        }
    }
}

extension MovedDirectory {
    static func read(_ path: HostPath) throws -> MovedDirectory {
        let status = try FileSystem.status(path)
        let isDirectory = status?.kind == .directory
        // A file system of its own often has this one in it.
        let entries = isDirectory ? try FileSystem.list(path).filter { $0 != "lost+found" } : []
        return MovedDirectory(
            path: path, status: status, isEmpty: isDirectory && entries.isEmpty,
            hasParent: try FileSystem.status(path.parent)?.kind == .directory)
    }
}
