// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Where bills stand in the container (format §14).
package enum BillMember {
    package static let release = "sbom/release.cdx.json"

    package static func image(_ name: String) -> String { images + name + suffix }

    /// - Returns: nil for a member that is no bill of `bundle`'s; `.some(nil)` for that of the release.
    package static func subject(of member: MemberName) -> String?? {
        let text = member.description
        if text == release { return .some(nil) }
        guard text.hasPrefix(images), text.hasSuffix(suffix), text.count > images.count + suffix.count else {
            return nil
        }
        return .some(String(text.dropFirst(images.count).dropLast(suffix.count)))
    }

    /// The most bytes that are read of one; a release of that many files is found out by other means.
    package static let maximumBytes = 256 << 20

    /// What is written must be read again: a bill that is larger says that it is, and nothing else.
    package static func readable(
        _ document: CycloneDXDocument, limit: Int = maximumBytes
    ) -> (document: CycloneDXDocument, bytes: [UInt8]) {
        let bytes = document.bytes
        guard bytes.count > limit else { return (document, bytes) }
        var kept = document
        kept.bill = document.bill.withoutComponents("a bill of \(bytes.count >> 20) MiB, of which none is read")
        return (kept, kept.bytes)
    }

    private static let images = "sbom/images/"
    private static let suffix = ".cdx.json"
}
