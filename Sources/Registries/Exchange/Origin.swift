// SPDX-License-Identifier: Apache-2.0

/// Where a request goes. Credentials belong to one origin and never leave for another (RFC 6454 §4).
struct Origin: Hashable, Sendable, CustomStringConvertible {
    let isPlain: Bool
    /// Without brackets.
    let host: String
    let port: Int

    init(isPlain: Bool, host: String, port: Int) {
        self.isPlain = isPlain
        self.host = host.lowercased()
        self.port = port
    }

    /// - Parameter registry: `HOST`, `HOST:PORT`, `[V6]:PORT`.
    init(registry: String, isPlain: Bool) {
        let colon = registry.lastIndex(of: ":").flatMap { registry[$0...].contains("]") ? nil : $0 }
        let host = registry[..<(colon ?? registry.endIndex)]
        let port = colon.flatMap { Int(registry[registry.index(after: $0)...]) }
        self.init(
            isPlain: isPlain, host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host),
            port: port ?? (isPlain ? 80 : 443))
    }

    /// Only this machine hears what is said there.
    var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts[0] == 127 && parts.allSatisfy { $0 != nil }
    }

    /// As in a `Host` header.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isPlain ? 80 : 443) ? name : "\(name):\(port)"
    }

    var description: String { "\(isPlain ? "http" : "https")://\(authority)" }
}

/// An origin, and the path and query there.
struct Place: Hashable, Sendable, CustomStringConvertible {
    let origin: Origin
    /// Begins with `/`.
    let target: String

    init(_ origin: Origin, _ target: String) {
        self.origin = origin
        self.target = target
    }

    /// - Returns: nil for what is no absolute URL of HTTP, for one with a user in it, and for one with bytes that would end
    ///   a request's line.
    init?(url: some StringProtocol) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), url.utf8.count <= 16 << 10 else { return nil }
        let schemes = [("https://", false), ("http://", true)]
        guard let (scheme, isPlain) = schemes.first(where: { url.lowercased().hasPrefix($0.0) }) else { return nil }
        let rest = url.dropFirst(scheme.count)
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        guard Place.isAuthority(rest[..<end]) else { return nil }
        let target = rest[end...].prefix { $0 != "#" }
        self.init(
            Origin(registry: String(rest[..<end]), isPlain: isPlain),
            target.hasPrefix("/") ? String(target) : "/\(target)")
    }

    /// What a `Location` header says, seen from here (RFC 9110 §10.2.2).
    func following(_ location: String) -> Place? {
        if let absolute = Place(url: location) { return absolute }
        guard location.hasPrefix("/"), !location.hasPrefix("//"), location.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { return nil }
        return Place(origin, String(location.prefix { $0 != "#" }))
    }

    func adding(query: String) -> Place { Place(origin, target + (target.contains("?") ? "&" : "?") + query) }

    var description: String { "\(origin)\(target)" }

    private static func isAuthority(_ text: some StringProtocol) -> Bool {
        let allowed = text.utf8.allSatisfy { byte in
            (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x3a).contains(byte)
                || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "["), UInt8(ascii: "]")].contains(byte)
        }
        let colon = text.lastIndex(of: ":").flatMap { text[$0...].contains("]") ? nil : $0 }
        let port = colon.map { Int(text[text.index(after: $0)...]) ?? 0 } ?? 1
        return !text.isEmpty && colon != text.startIndex && allowed && (1...65535).contains(port)
    }
}
