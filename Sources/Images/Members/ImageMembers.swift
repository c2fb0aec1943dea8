// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// Byte strings by name: what a docker-archive, an oci-archive and an OCI layout directory have in common. Names are looked
/// up as they stand in a document and never followed anywhere: what is not there by that very name is not there.
protocol ImageMembers: Sendable {
    /// Bytes by name, of regular files only.
    var sizes: [String: Int64] { get }
    /// Links in it, with their targets as stored: `docker save` before version 25 links layers that recur.
    var links: [String: String] { get }

    /// A document of at most `ImageDocument.maximumBytes`.
    ///
    /// - Throws: `ImageError.missingMember`, `.badDocument` for a larger one.
    func document(_ name: String) throws -> [UInt8]

    /// A member's bytes from an offset on. The stream may go on behind the member's end.
    ///
    /// - Throws: `ImageError.missingMember`.
    func open(_ name: String, at offset: Int64) throws -> any ByteSource
}

extension ImageMembers {
    func holds(_ name: String) -> Bool { sizes[name] != nil }

    /// A member by its name, or by a link of that name.
    ///
    /// - Throws: `ImageError.missingMember` where there is none inside of it.
    func find(_ name: String) throws -> String {
        if holds(name) { return name }
        guard let target = links[name], !target.hasPrefix("/") else { throw ImageError.missingMember(name) }
        var segments = name.split(separator: "/").dropLast()
        for segment in target.split(separator: "/") where segment != "." {
            guard segment == ".." else {
                segments.append(segment)
                continue
            }
            // A link that leads out of the archive leads nowhere.
            guard segments.popLast() != nil else { throw ImageError.missingMember(name) }
        }
        let found = segments.joined(separator: "/")
        guard holds(found) else { throw ImageError.missingMember(name) }
        return found
    }
}
