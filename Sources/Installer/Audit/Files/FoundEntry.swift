// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// What stands where nothing should: enough to look for it elsewhere before it is taken away.
struct FoundEntry {
    let path: HostPath
    let hash: StreamHash

    /// `a file, sha256 …, 12 bytes, mode 644, owner 0:0`; nil where it cannot be looked at.
    var words: String? {
        guard let status = (try? FileSystem.status(path)) ?? nil else { return nil }
        let rights = "mode \(String(status.permissions, radix: 8)), owner \(status.user):\(status.group)"
        switch status.kind {
        case .file:
            let digest = try? hash.digest(of: HostFile.open(path, .read, followLinks: false))
            let content = digest.map { "sha256 \($0)" } ?? "which cannot be read"
            return "a file, \(content), \(status.size) bytes, \(rights)"
        case .directory:
            let count = try? FileSystem.list(path).count
            return (count == 0 ? "an empty directory" : "a directory") + ", \(rights)"
        case .symlink:
            return "a link to \((try? FileSystem.readLink(path)) ?? ""), owner \(status.user):\(status.group)"
        case .other: return "a device, a socket or a pipe, \(rights)"
        }
    }

    var remedy: String {
        guard (try? FileSystem.status(path))??.kind == .directory else {
            return "look at it, then: " + PastedCommand.remove(path)
        }
        let isEmpty = (try? FileSystem.list(path).isEmpty) == true
        return "look at it, then: " + PastedCommand.remove(path, isEmpty ? .emptyDirectory : .tree)
    }
}
