// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// Checks the parts of a spec that no version builds yet, so that what is written today holds tomorrow.
struct LaterDecoder {
    let root: Section
    let ledger: ProblemLedger

    func check() {
        _ = root.texts("include")
        for pair in root.entries("packages", grammar: .line) {
            for path in pair.value.sequence ?? [] { _ = SourcePath.decode(path, "packages.\(pair.name)", ledger) }
            if pair.value.sequence == nil { ledger.wrongType(pair.value, "packages.\(pair.name)", .list) }
        }
        let kubernetes = root.section("kubernetes", .kubernetes)
        _ = kubernetes.path("kustomize")
        _ = kubernetes.texts("helm")
        _ = kubernetes.text("namespace", .identifier)
    }
}
