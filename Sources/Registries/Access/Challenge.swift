// SPDX-License-Identifier: Apache-2.0

/// What a `WWW-Authenticate` header asks for (RFC 9110 §11.6.1).
enum Challenge: Equatable {
    case basic
    /// A token of a service (the distribution project's "token" specification; RFC 6750 §3).
    case bearer(realm: String, service: String?, scope: String?)
    case other(scheme: String)

    /// The first that is spoken here; of the others, the first.
    static func best(of headers: [String]) -> Challenge? {
        let all = headers.compactMap(Challenge.init(header:))
        let known = all.first { if case .bearer = $0 { true } else { false } } ?? all.first { $0 == .basic }
        return known ?? all.first
    }

    /// One challenge; what stands behind its parameters is left out.
    init?(header: String) {
        let trimmed = header.drop { $0 == " " }
        let scheme = trimmed.prefix { $0 != " " }
        guard !scheme.isEmpty, header.utf8.count <= 8 << 10 else { return nil }
        let parameters = Challenge.parameters(trimmed.dropFirst(scheme.count))
        switch scheme.lowercased() {
        case "basic": self = .basic
        case "bearer":
            guard let realm = parameters["realm"] else { return nil }
            self = .bearer(realm: realm, service: parameters["service"], scope: parameters["scope"])
        default: self = .other(scheme: String(scheme.prefix(40)))
        }
    }

    /// `NAME=VALUE` or `NAME="VALUE"`, with commas between them.
    private static func parameters(_ text: Substring) -> [String: String] {
        var found: [String: String] = [:]
        var rest = text
        while true {
            rest = rest.drop { $0 == " " || $0 == "," }
            guard let equals = rest.firstIndex(of: "=") else { return found }
            let name = rest[..<equals].lowercased()
            rest = rest[rest.index(after: equals)...]
            var value = ""
            if rest.first == "\"" {
                rest.removeFirst()
                var isEscaped = false
                while let next = rest.popFirst(), isEscaped || next != "\"" {
                    isEscaped = !isEscaped && next == "\\"
                    if !isEscaped { value.append(next) }
                }
            } else {
                value = String(rest.prefix { $0 != "," && $0 != " " })
                rest = rest.dropFirst(value.count)
            }
            if found[name] == nil { found[name] = value }
        }
    }
}
