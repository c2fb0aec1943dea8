// SPDX-License-Identifier: Apache-2.0

/// What `docs/verify-bundle.sh` and `docs/verify-documents.sh` leave to others (format §13): the index says so beside each vector.
enum ShellScope {
    private static let shape =
        "of the manifest it takes name, version, arch, files and tree.sha256, and the spelling of each line"
    private static let names: Set = [
        "json-unknown", "json-hooks", "json-text-for-number", "json-unsorted", "json-comma", "json-missing",
        "json-not-utf8",
        "tree-directories", "tree-bytes", "tree-executable", "tree-docs", "tree-negative", "tree-executables-order",
        "tree-docs-elsewhere",
    ]

    private static let limits =
        "of the limits of section 3 it holds those of the signature area and of a pack's unpacked size"

    private static let heads: Set = [
        "coded-other-older", "coded-other-size", "coded-other-length", "coded-mark", "coded-segments", "coded-short",
    ]

    static func marked(_ vector: Vector) -> Vector {
        guard vector.kind == .bundle, vector.uncovered == nil else { return vector }
        if heads.contains(vector.name) {
            var marked = vector
            marked.uncovered = "it decodes no pack, and reads no head of one"
            return marked
        }
        if vector.name == "limit-trust" || vector.name == "limit-trust-root" {
            var marked = vector
            marked.uncovered = limits
            return marked
        }
        let isOfManifest =
            vector.name.hasPrefix("link-") || vector.name.hasPrefix("manifest-") || names.contains(vector.name)
        guard isOfManifest else { return vector }
        var marked = vector
        marked.uncovered = shape
        return marked
    }
}
