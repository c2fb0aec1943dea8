// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// Which directories a site may give to a service for its state. The installer hands the directory to the service's user, so
/// a slip of the pen must not hand over `/etc`.
enum StateOverride {
    /// The system's own: neither these nor what is below them.
    private static let closed = [
        "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib32", "/lib64", "/proc", "/root", "/run", "/sbin", "/sys",
        "/tmp", "/usr", "/var/lib/bundle", "/var/tmp",
    ]
    /// Where directories of many things stand: not these, but what is below them.
    private static let shared = ["/", "/media", "/mnt", "/opt", "/srv", "/var", "/var/lib", "/var/log"]

    static func isAbsolute(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.first == "" && parts.count > 1 && Grammar.isLine(path)
            && !parts.dropFirst().contains { ["", ".", ".."].contains($0) }
    }

    static func isForServices(_ path: String) -> Bool {
        // A colon ends a path in systemd's lists and in podman's mounts.
        !shared.contains(path) && !closed.contains { isInside(path, $0) }
            && !path.contains(where: { ":,".contains($0) })
    }

    /// Whether they are one directory, or one is inside of the other.
    static func meet(_ one: String, _ other: String) -> Bool { isInside(one, other) || isInside(other, one) }

    private static func isInside(_ path: String, _ directory: String) -> Bool {
        path == directory || path.hasPrefix(directory + "/")
    }
}
