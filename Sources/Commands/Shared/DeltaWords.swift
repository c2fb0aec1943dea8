// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// What a delta leaves to its host, for people and for programs.
enum DeltaWords {
    /// Nothing for a full bundle.
    static func lines(
        _ needs: [PackIndex.Need], _ bases: [PackIndex.Base], _ coded: PackIndex.Coded, of name: ReleaseName
    ) -> [String] {
        guard !needs.isEmpty else { return [] }
        let bytes = needs.reduce(0) { $0 + $1.size }
        let count = needs.count == 1 ? "1 content" : "\(needs.count) contents"
        let how =
            coded.contents == 0
            ? []
            : [
                "\(coded.contents == 1 ? "1 content" : "\(coded.contents) contents") of \(coded.bytes) bytes coded "
                    + "against older ones, in \(coded.storedBytes) bytes"
            ]
        return ["not whole: needs \(count), \(bytes) bytes, of a host that has \(list(bases, of: name))"] + how
    }

    static func list(_ bases: [PackIndex.Base], of name: ReleaseName) -> String {
        bases.map { "\(name) \($0.version) (release digest \($0.digest.short))" }.joined(separator: " and ")
    }

    /// null for a full bundle.
    static func json(_ needs: [PackIndex.Need], _ bases: [PackIndex.Base], _ coded: PackIndex.Coded) -> JSONValue {
        guard !needs.isEmpty else { return .null }
        return [
            "bases": .array(
                bases.map { ["release_digest": .string($0.digest.hex), "version": .string($0.version.description)] }),
            "coded": .integer(Int64(coded.contents)), "coded_bytes": .integer(coded.bytes),
            "coded_stored_bytes": .integer(coded.storedBytes),
            "needed_bytes": .integer(needs.reduce(0) { $0 + $1.size }), "needs": .integer(Int64(needs.count)),
        ]
    }
}
