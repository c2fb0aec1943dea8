// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem

/// Finds what changes a unit without being its file: drop-ins, and files of the same name that systemd prefers.
struct DropInSearch {
    let root: HostPath

    /// systemd.unit(5), table 1, in order of precedence: all that a system manager reads.
    private static let directories = [
        "etc/systemd/system.control", "run/systemd/system.control", "run/systemd/transient",
        "run/systemd/generator.early", "etc/systemd/system", "etc/systemd/system.attached", "run/systemd/system",
        "run/systemd/system.attached", "run/systemd/generator", "usr/local/lib/systemd/system",
        "usr/lib/systemd/system", "lib/systemd/system", "run/systemd/generator.late",
    ]
    /// Those in which a file comes before ours.
    private static let preferred = directories.prefix { $0 != "etc/systemd/system" }

    /// Drop-ins of these units, sorted, each once: `UNIT.d`, those of its name's beginnings up to a dash, and its kind's.
    func paths(of units: [String]) throws -> [HostPath] {
        var found: [String: HostPath] = [:]
        var seen: Set<String> = []
        let names = Set(units.flatMap(DropInSearch.names)).sorted()
        for directory in DropInSearch.directories {
            let place = root / directory
            // On a merged /usr one of them is the other.
            guard try FileSystem.exists(place), let real = try? FileSystem.resolve(place),
                seen.insert(real.text).inserted
            else { continue }
            let there = Set(try FileSystem.names(in: place).known)
            for name in names where there.contains(name) {
                for file in try DropInSearch.files(place / name) where file.hasSuffix(".conf") {
                    found[(place / name / file).text] = place / name / file
                }
            }
            // What a unit wants may be put there by links, too.
            for unit in Set(units) {
                for name in ["\(unit).wants", "\(unit).requires", "\(unit).upholds"] where there.contains(name) {
                    for file in try DropInSearch.files(place / name) {
                        found[(place / name / file).text] = place / name / file
                    }
                }
            }
        }
        return found.values.sorted()
    }

    func digests(of units: [String]) throws -> [String: Digest] {
        var digests: [String: Digest] = [:]
        for path in try paths(of: units) { digests[path.text] = DropInSearch.digest(path) }
        return digests
    }

    /// A site has its drop-ins for both copies of a service.
    func digests(inBothSlots units: some Sequence<String>) throws -> [String: Digest] {
        let all = units.flatMap { unit in
            var parts = unit.split(separator: ".").map(String.init)
            guard parts.count > 2, Slot(rawValue: parts[parts.count - 2]) != nil else { return [unit] }
            return Slot.allCases.map { slot in
                parts[parts.count - 2] = slot.rawValue
                return parts.joined(separator: ".")
            }
        }
        return try digests(of: Array(Set(all)))
    }

    /// Files that systemd reads in the place of a unit's own.
    func shadows(of unit: String) throws -> [HostPath] {
        try DropInSearch.preferred.map { root / $0 / unit }.filter { try FileSystem.exists($0) }
    }

    /// Of what systemd would read there; of a link that leads nowhere, of its target's name.
    static func digest(_ path: HostPath) -> Digest {
        if let bytes = try? FileSystem.readAll(path, limit: 1 << 20) { return .ofBytes(bytes) }
        return .ofBytes(Array(((try? FileSystem.readLink(path)) ?? "").utf8))
    }

    private static func files(_ directory: HostPath) throws -> [String] {
        // One whose name is no text is found as none that anybody recorded.
        (try? FileSystem.names(in: directory)).map { $0.known + $0.odd } ?? []
    }

    /// The directories' names: `a-b.service` has `a-b.service.d`, `a-.service.d` and `service.d`.
    static func names(of unit: String) -> [String] {
        guard let dot = unit.lastIndex(of: ".") else { return ["\(unit).d"] }
        let (stem, kind) = (unit[..<dot], unit[unit.index(after: dot)...])
        var names = ["\(unit).d", "\(kind).d"]
        for index in stem.indices where stem[index] == "-" && stem.index(after: index) != stem.endIndex {
            names.append("\(stem[...index]).\(kind).d")
        }
        return names
    }
}
