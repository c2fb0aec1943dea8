// SPDX-License-Identifier: Apache-2.0

/// Reads what HAProxy says on its master's socket (management guide, sections 9.3 and 9.4).
enum HAProxyAnswers {
    struct Processes: Equatable {
        var master: Int?
        /// How many reloads came to nothing.
        var failed = 0
        /// The one that takes new connections.
        var worker: Int?
        /// Those that only finish what they have.
        var former: [Int] = []
    }

    /// `show proc`: a table with `# workers`, `# old workers` and `# programs` between its rows.
    static func processes(_ text: String) -> Processes {
        var found = Processes()
        var isFormer = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("#") { isFormer = line.hasPrefix("# old workers") }
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard words.count > 1, let process = Int(words[0]) else { continue }
            if words[1] == "master" {
                found.master = process
                if let failed = line.split(separator: "[failed: ").dropFirst().first {
                    found.failed = Int(failed.prefix { $0.isNumber }) ?? 0
                }
            } else if words[1] == "worker", isFormer {
                found.former.append(process)
            } else if words[1] == "worker" {
                found.worker = process
            }
        }
        return found
    }

    /// `show info`: `description: TEXT`, the digest of the configuration that it was started with.
    static func digest(_ text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix("description: ") }.map { String($0.dropFirst(13)) }
    }

    /// `show map FILE`: an identifier, the key, the value.
    static func places(_ text: String) -> [String: String] {
        var found: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 3, words[0].hasPrefix("0x") { found[String(words[1])] = String(words[2]) }
        }
        return found
    }

    /// The map on disk: a key and a value on a line.
    static func places(ofFile text: String) -> [String: String] {
        let pairs = text.split(separator: "\n").map { $0.split(separator: " ") }.filter { $0.count == 2 }
        return Dictionary(pairs.map { (String($0[0]), String($0[1])) }) { $1 }
    }

    /// `prepare map FILE`: `New version created: 3`.
    static func version(_ text: String) -> Int? {
        text.split(separator: ":").dropFirst().first.flatMap { Int($0.filter(\.isNumber)) }
    }

    /// The listeners and places of a configuration, by name.
    static func names(_ config: String) -> Set<String> {
        Set(
            config.split(separator: "\n").compactMap { line in
                line.hasPrefix("frontend ") || line.hasPrefix("backend ")
                    ? line.split(separator: " ").last.map(String.init) : nil
            })
    }
}
