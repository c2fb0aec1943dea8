// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import TestSupport

/// Manifests in the right spelling, signed by the right key, that say what cannot be (format §7, §10).
enum ManifestFaults {
    static func vectors() throws -> [Vector] { try links() + totals() + services() }

    private static func swapped(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String, _ old: String, _ new: String
    ) throws -> Vector {
        try Sample.made("manifest-" + name, expected, rows, about) {
            $0.changeManifestBytes = { $0.exchange(old, new) }
        }
    }

    private static func links() throws -> [Vector] {
        func link(
            _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String, _ path: String, _ target: String
        ) throws -> Vector {
            try Sample.made("link-" + name, expected, rows, about) { fixture in
                fixture.symlinks = [:]
                let old = " \"symlinks\": [],"
                let new = " \"symlinks\": [\n  {\n   \"path\": \"\(path)\",\n   \"target\": \"\(target)\"\n  }\n ],"
                fixture.changeManifestBytes = { $0.exchange(old, new) }
            }
        }
        return [
            try link("absolute", .manifest, [21], "A link to an absolute path.", "share/link", "/etc/passwd"),
            try link("climbing", .manifest, [21], "A link that climbs out of the release.", "share/link", "../../evil"),
            try link(
                "climbing-late", .manifest, [21],
                "A link with `..` behind a name: it could follow another link and climb from there.", "share/link",
                "page/../../x"),
            try link("to-root", .manifest, [21], "A link to the release's own directory.", "share/link", ".."),
            try link("to-itself", .manifest, [21], "A link to `.`.", "share/link", "."),
            try link("empty", .manifest, [21], "A link to nothing.", "share/link", ""),
            try link("control", .manifest, [29], "A link's target with a control character.", "share/link", "a\\u0007"),
            try link("at-file", .contents, [23, 28], "A link in the place of a file.", "share/page.html", "empty"),
            try link(
                "above-file", .contents, [21, 23], "A link above a file: it would be written through.", "share", "bin"),
            try link("below-file", .contents, [23], "A link below a file.", "bin/web/link", "x"),
            try Sample.made("link-below-link", .contents, [21, 23], "A link below a link.") {
                $0.symlinks = ["share/a": "x", "share/a/b": "y"]
            },
            try Sample.made("link-twice", .manifest, [28], "One link is there twice, to two targets.") {
                $0.changeManifest = { $0.symlinks = [Symlink(path: $0.symlinks[0].path, target: "x")] + $0.symlinks }
            },
            try link("climbing-path", .json, [20], "The path of a link climbs.", "../link", "x"),
        ]
    }

    private static func totals() throws -> [Vector] {
        func total(
            _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String,
            _ change: @escaping (inout Manifest) -> Void
        ) throws -> Vector {
            try Sample.made("tree-" + name, expected, rows, about) { $0.changeManifest = change }
        }
        return [
            try total("files", .contents, [17], "The manifest states one file more than there are.") {
                $0.tree.files += 1
            },
            try total(
                "bytes", .contents, [16, 17],
                "The manifest states one byte less than there are: space would be reckoned wrong."
            ) { $0.tree.bytes -= 1 },
            try total("directories", .contents, [17], "The manifest states one directory less than there are.") {
                $0.tree.directories -= 1
            },
            try total("negative", .manifest, [16], "The manifest states a negative size.") { $0.tree.bytes = -1 },
            try total("many", .manifest, [17], "The manifest states more than 1,000,000 files.") {
                $0.tree.files = Limits.files + 1
            },
            try total(
                "sha256", .contents, [6], "The manifest names another files.sha256, though each of the two is signed."
            ) { $0.tree.sha256 = $0.tree.sha256.flipped },
            try total("executable", .contents, [5], "An executable that is not in the tree.") { manifest in
                if let path = ReleasePath("bin/zzz") { manifest.executables.append(Executable(path: path)) }
            },
            try total("executables-order", .manifest, [28], "An executable is there twice.") {
                $0.executables += $0.executables
            },
            try total("docs", .contents, [6], "The manifest names a document that the bundle has not.") {
                if let path = ReleasePath("docs/NONE.md") { $0.docs.more = [path] }
            },
            try total("docs-elsewhere", .manifest, [20], "The manifest names a document outside of docs/.") {
                if let path = ReleasePath("share/page.html") { $0.docs.more = [path] }
            },
            try Sample.made(
                "tree-other-document", .contents, [5, 6],
                "The document that people read in the bundle is another than the one that is installed."
            ) {
                $0.changeFileList = { list in
                    list.textLines = list.textLines.map { line in
                        String(decoding: line, as: UTF8.self).hasSuffix(Sample.upgrade)
                            ? Array(list.textLines[0].prefix(64)) + line.dropFirst(64) : line
                    }
                }
            },
            try Sample.made("tree-missing-content", .contents, [6], "A file of the tree is in no pack and no document.")
            {
                $0.changeFileList = {
                    $0.exchange("  share/page.html", "  share/page.html");
                    $0.textLines[2][0] = $0.textLines[2][0] == 0x61 ? 0x62 : 0x61
                }
            },
        ]
    }

    private static func services() throws -> [Vector] {
        let unit = "   \"unit\": {}"
        func directive(
            _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String, _ section: String, _ key: String,
            _ value: String
        ) throws -> Vector {
            try swapped(
                name, expected, rows, about, unit,
                "   \"unit\": {\n    \"\(section)\": {\n     \"\(key)\": [\n      \"\(value)\"\n     ]\n    }\n   }")
        }
        let environment = "   \"environment\": {},"
        return [
            try directive(
                "unit-newline", .manifest, [33],
                "A unit's directive with a newline: a directive of its own would stand behind it.", "Service", "Nice",
                "5\\nUser=root"),
            try directive(
                "unit-name", .manifest, [33], "A unit's directive with a newline in its name.", "Service",
                "Nice=5\\nUser", "root"),
            try directive(
                "unit-section", .manifest, [33], "A unit's section with a bracket in its name.", "Service]\\n[Install",
                "WantedBy", "x"),
            try swapped(
                "environment-newline", .manifest, [33], "An environment value with a newline.", environment,
                "   \"environment\": {\n    \"A\": \"b\\nc\"\n   },"),
            try swapped(
                "environment-name", .manifest, [33], "An environment name with an equals sign.", environment,
                "   \"environment\": {\n    \"A=B\": \"c\"\n   },"),
            try swapped(
                "format", .manifest, [15], "A format of the manifest that is not known.", "bundle-manifest/1",
                "bundle-manifest/2"),
            try swapped(
                "service-name", .manifest, [20], "A service whose name climbs.", "  \"web\": {", "  \"../web\": {"),
            try swapped(
                "unknown-service", .manifest, [18], "A service after one that is not there.", "   \"after\": [],",
                "   \"after\": [\n    {\n     \"service\": {\n      \"name\": \"none\"\n     }\n    }\n   ],"),
            try swapped(
                "after-itself", .manifest, [17], "A service after itself.", "   \"after\": [],",
                "   \"after\": [\n    {\n     \"service\": {\n      \"name\": \"web\"\n     }\n    }\n   ],"),
            try swapped(
                "port", .manifest, [18], "A port of 65536.", "   \"ports\": {},",
                "   \"ports\": {\n    \"web\": {\n     \"bindAny\": false,\n     \"expose\": \"host\",\n     \"port\": 65536\n    }\n   },"
            ),
            try swapped("strategy", .json, [18], "A strategy that is not known.", "\"recreate\"", "\"replace\""),
            try swapped(
                "created", .manifest, [13], "A time of creation that is not RFC 3339.", " \"cutover\": {",
                " \"created\": \"21.11.2026\",\n \"cutover\": {"),
            try swapped(
                "arch", .json, [7], "An architecture that is not known.", " \"arch\": \"amd64\"",
                " \"arch\": \"riscv64\""),
        ]
    }
}

extension Digest {
    /// Another one.
    fileprivate var flipped: Digest { Digest(bytes: bytes.map { $0 ^ 1 }) ?? self }
}
