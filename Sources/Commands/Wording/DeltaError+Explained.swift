// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading

extension DeltaError: Explained {
    var explanation: Explanation {
        switch self {
        case .lacking(let release, let contents, let needed, let bytes, let bases):
            Explanation(
                "\(release) is a delta, and this host lacks \(contents) of the \(needed) contents that it needs "
                    + "(\(bytes) bytes)",
                hint: bases.isEmpty
                    ? "its bases are here, but not all that they brought: `bundle audit` says what is damaged; "
                        + "the full bundle of \(release.version) does without"
                    : "bring the full bundle of \(release.version), or first "
                        + DeltaWords.list(bases, of: release.name), status: .noSuchRelease)
        case .notCarried(let release, let what, let bases):
            Explanation(
                "\(what) is not in this bundle: \(release) is a delta",
                hint: "take the full bundle of \(release.version), or a host that has "
                    + DeltaWords.list(bases, of: release.name), status: .noSuchRelease)
        }
    }
}
