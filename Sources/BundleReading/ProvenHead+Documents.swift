// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

extension ProvenHead {
    /// The members below `docs/` and `sbom/`, hashed, and their sizes. They stand before the packs, which are not read.
    ///
    /// - Throws: what damage throws.
    package func proveDocuments() throws -> [ReleasePath: ReleaseContents.Document] {
        try medium.locating(packs: packNames) {
            var stream = body
            var documents: [ReleasePath: ReleaseContents.Document] = [:]
            for entry in bodyMembers {
                switch entry.member {
                case .document(let path), .sbom(let path):
                    let found = try next(entry, &stream)
                    try demand(try stream.stream(found) { _ in }, entry, found, nil)
                    documents[path] = ReleaseContents.Document(digest: entry.digest, size: found.size)
                default: return documents
                }
            }
            return documents
        }
    }
}
