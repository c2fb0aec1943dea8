// SPDX-License-Identifier: Apache-2.0

/// The attacks and faults that an installer must withstand, by number, and why some have no vector: no file can express them.
package enum AttackTable {
    package struct Row: Sendable {
        package let number: Int
        package let attack: String
        /// nil where vectors express it.
        package let elsewhere: String?

        init(_ number: Int, _ attack: String, _ elsewhere: String? = nil) {
            self.number = number
            self.attack = attack
            self.elsewhere = elsewhere
        }
    }

    package static let rows = [
        Row(1, "tampered manifest or signature"), Row(2, "tampered content"), Row(3, "cut short"),
        Row(4, "bytes too many"),
        Row(5, "contents under each other's names"), Row(6, "parts of several genuine bundles"),
        Row(7, "wrong product, version or architecture"), Row(8, "replay of an old release"),
        Row(9, "never told of a newer one: a best-before only warns"), Row(10, "fast-forward"),
        Row(11, "stolen key, too few keys, keys mistaken for others"), Row(12, "revoked key"),
        Row(13, "wrong clock: no date in a document refuses anything"), Row(14, "lost or broken chain of trust roots"),
        Row(15, "signature of another kind or algorithm"), Row(16, "sizes that overflow"),
        Row(17, "too large, too many, too deep"),
        Row(18, "second spellings of a document"), Row(19, "decompression bombs"), Row(20, "paths that climb"),
        Row(21, "symbolic links that lead out"), Row(22, "hard links"),
        Row(23, "one path in the place of another's directory"),
        Row(24, "long paths"), Row(25, "owners, times, ACLs, attributes"), Row(26, "devices, FIFOs"),
        Row(27, "setuid, world-writable"),
        Row(28, "one path twice"), Row(29, "names and texts that deceive the eye"),
        Row(
            30, "a medium that is exchanged while it is read",
            "needs a medium that answers differently: BundleReadingTests, host case `refusals`"),
        Row(31, "a parser's fault before anything is proven: other forms are never guessed"),
        Row(32, "scripts from the bundle"),
        Row(33, "injection into what is rendered"),
        Row(34, "power cut", "a fault of a running installation: InstallerTests/Engine/CutTests, host cases"),
        Row(35, "full disk", "a fault of the host: InstallerTests/Engine/FullDiskTests"),
        Row(36, "failing disk", "a fault of the host: InstallerTests/Engine"),
        Row(37, "two installations at once", "two processes: HostSystemTests/FileLockTests"),
        Row(38, "interrupted rollback", "a fault of a running rollback: InstallerTests/Engine/CutTests"),
        Row(39, "the wrong file on the medium"),
        Row(
            40, "files of at most 4 GiB",
            "parts (`--split`) are not built yet; sizes around 4 GiB are row 16"),
        Row(41, "a service that fails after the cutover", "a running release: host cases `unhealthy`, `bad-releases`"),
        Row(42, "a damaged record of the host", "the host's own file, never carried: HostRecordsTests"),
    ]

    /// `attacks.md`.
    static func text(_ vectors: [Vector]) -> String {
        var lines = [
            "# Attacks and their vectors", "", "Made with the vectors. A row without one says who tests it.", "",
            "| row | attack | vectors |", "|--:|---|---|",
        ]
        for row in rows {
            let names = vectors.filter { $0.rows.contains(row.number) }.map(\.name)
            let shown = names.prefix(6).map { "`\($0)`" }.joined(separator: " ")
            let count = names.count > 6 ? "\(names.count), as " : ""
            lines.append("| \(row.number) | \(row.attack) | \(row.elsewhere ?? (count + shown)) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
