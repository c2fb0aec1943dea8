// SPDX-License-Identifier: Apache-2.0

/// An image by the name under which a store keeps it: `registry.example.com/qdrant/qdrant:1.4@sha256:…`. Names are whole: a
/// short one would mean another image on every machine.
package struct ImageReference: Equatable, Sendable {
    /// Where it is kept; for local stores in the words of skopeo(1).
    package enum Store: String, CaseIterable, Sendable {
        case registry = ""
        case podman = "containers-storage:"
        case docker = "docker-daemon:"
    }

    package let store: Store
    /// Without tag and digest: `registry.example.com/qdrant/qdrant`.
    package let name: String
    package let tag: String?
    /// Of its manifest or of an index of manifests; of a local store's image, its ID.
    package let digest: Digest?

    /// The grammar of the OCI distribution-spec v1.1 (section "Pull"), with a host in front.
    package init?(_ text: String) {
        store = Store.allCases.first { $0 != .registry && text.hasPrefix($0.rawValue) } ?? .registry
        var rest = text.dropFirst(store.rawValue.utf8.count)
        if let at = rest.firstIndex(of: "@") {
            let digits = rest[rest.index(after: at)...]
            guard digits.hasPrefix("sha256:"), let digest = Digest(hex: digits.dropFirst(7)) else { return nil }
            self.digest = digest
            rest = rest[..<at]
        } else {
            digest = nil
        }
        let start = rest.lastIndex(of: "/") ?? rest.startIndex
        if let colon = rest[start...].lastIndex(of: ":") {
            let tag = rest[rest.index(after: colon)...]
            guard ImageReference.isTag(tag) else { return nil }
            self.tag = String(tag)
            rest = rest[..<colon]
        } else {
            tag = nil
        }
        name = String(rest)
        guard ImageReference.isName(rest, store) else { return nil }
    }

    package var text: String {
        store.rawValue + name + (tag.map { ":\($0)" } ?? "") + (digest.map { "@sha256:\($0)" } ?? "")
    }

    /// `registry.example.com`, `localhost:5000`: what is asked.
    package var host: String { String(name.prefix { $0 != "/" }) }

    /// What the host calls it: `qdrant/qdrant`.
    package var repository: String { String(name.dropFirst(host.utf8.count + 1)) }

    /// The same, pinned.
    package func pinned(to digest: Digest) -> ImageReference? {
        ImageReference(store.rawValue + name + (tag.map { ":\($0)" } ?? "") + "@sha256:\(digest)")
    }

    private static func isName(_ name: Substring, _ store: Store) -> Bool {
        guard (1...255).contains(name.utf8.count) else { return false }
        var parts = name.split(separator: "/", omittingEmptySubsequences: false)[...]
        if parts.count > 1, let first = parts.first, isHost(first) {
            parts = parts.dropFirst()
        } else if store == .registry {
            return false
        }
        return parts.allSatisfy(isPathPart)
    }

    /// What tells a host from a part of a path: a dot, a port, or `localhost`.
    private static func isHost(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, parts.count <= 2, host.contains(".") || parts.count == 2 || host == "localhost"
        else { return false }
        let port = parts.dropFirst().first.map { Grammar.decimal($0.utf8) ?? 0 }
        return Grammar.isHostAddress(host) && port.map { (1...65535).contains($0) } ?? true
    }

    /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
    private static func isPathPart(_ text: Substring) -> Bool {
        var gap: [UInt8]? = []
        for byte in text.utf8 {
            if (48...57).contains(byte) || (97...122).contains(byte) {
                gap = nil
                continue
            }
            // A separator never comes first, and none but `_` and `-` is doubled.
            guard gap?.isEmpty != true else { return false }
            let now = (gap ?? []) + [byte]
            guard [".", "_", "__"].contains(String(decoding: now, as: UTF8.self)) || now.allSatisfy({ $0 == 45 }) else {
                return false
            }
            gap = now
        }
        return gap == nil
    }

    private static func isTag(_ text: Substring) -> Bool {
        let plain = { (byte: UInt8) in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
        }
        return (1...128).contains(text.utf8.count) && text.utf8.first.map(plain) == true
            && text.utf8.allSatisfy { plain($0) || $0 == 45 || $0 == 46 }
    }
}
