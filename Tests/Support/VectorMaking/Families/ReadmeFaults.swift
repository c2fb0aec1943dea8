// SPDX-License-Identifier: Apache-2.0
import TestSupport

/// The one line that is parsed before anything is proven (format §5.1), and identities that differ. All is signed.
enum ReadmeFaults {
    static func vectors() throws -> [Vector] {
        func line(_ name: String, _ rows: [Int], _ about: String, _ text: String) throws -> Vector {
            try Sample.made("readme-" + name, .line, rows, about) { fixture in
                fixture.changeReadme = { $0 = Array((text + "\nA test vector.\n").utf8) }
            }
        }
        func identity(_ name: String, _ about: String, _ text: String) throws -> Vector {
            try Sample.made("identity-" + name, .identity, [7], about) { fixture in
                fixture.changeReadme = { $0 = Array((text + "\nA test vector.\n").utf8) }
                fixture.changeSignatures = { members, sums in resign(&members, sums, text) }
            }
        }
        return [
            try line("version-2", [15], "The format is `bundle/2`.", "bundle/2 demo 1.2.3 amd64"),
            try line("no-format", [15], "The format is missing.", "demo 1.2.3 amd64"),
            try line("arch", [7], "An architecture that the format does not know.", "bundle/1 demo 1.2.3 riscv64"),
            try line("no-arch", [7], "The architecture is missing.", "bundle/1 demo 1.2.3"),
            try line("more", [18], "A fifth word.", "bundle/1 demo 1.2.3 amd64 more"),
            try line("two-spaces", [18], "Two spaces between two words.", "bundle/1  demo 1.2.3 amd64"),
            try line("cr", [18], "The first line ends in CR LF.", "bundle/1 demo 1.2.3 amd64\r"),
            try line("last-space", [18], "A space behind the first line.", "bundle/1 demo 1.2.3 amd64 "),
            try line("v", [18], "The version has a leading `v`.", "bundle/1 demo v1.2.3 amd64"),
            try line("leading-zero", [18], "A number of the version has a leading zero.", "bundle/1 demo 1.02.3 amd64"),
            try line("capital", [29], "The name has a capital.", "bundle/1 Demo 1.2.3 amd64"),
            try line("own-name", [7], "The name is `bundle`.", "bundle/1 bundle 1.2.3 amd64"),
            try line("path", [20], "The name climbs.", "bundle/1 ../demo 1.2.3 amd64"),
            try line(
                "escape", [29], "A terminal's escape sequence in the first line.", "bundle/1 demo\u{1b}[2J 1.2.3 amd64"),
            try line(
                "long", [17], "The first line has more than 128 bytes.",
                "bundle/1 demo 1.2.3-" + String(repeating: "a", count: 200) + " amd64"),
            try Sample.made("readme-one-line", .line, [17], "README.txt has no LF.") {
                $0.changeReadme = { $0 = Array("bundle/1 demo 1.2.3 amd64".utf8) }
            },
            try Sample.made("readme-mark", .line, [18], "A byte order mark before the first line.") {
                $0.changeReadme = { $0 = [0xef, 0xbb, 0xbf] + $0 }
            },
            try identity("name", "README.txt names another product than the manifest.", "bundle/1 shop 1.2.3 amd64"),
            try identity("version", "README.txt names another version than the manifest.", "bundle/1 demo 1.2.4 amd64"),
            try identity(
                "arch", "README.txt names another architecture than the manifest.", "bundle/1 demo 1.2.3 arm64"),
        ]
    }

    /// The signature has the comment that goes with the first line: the fault is the identity alone.
    private static func resign(_ members: inout [String: [UInt8]], _ sums: [UInt8], _ line: String) {
        let words = line.split(separator: " ")
        for key in members.keys {
            members[key]?.textLines[0] = Array("untrusted comment: bundle \(words[1]) \(words[2])".utf8)
        }
    }
}
