// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography

/// A bill as CycloneDX 1.5 writes it, in the one spelling that our JSON has (format §6): the same bill gives the same bytes.
package struct CycloneDXDocument: Equatable, Sendable {
    package var bill: SoftwareBill
    /// `urn:uuid:…`
    package var serialNumber: String
    /// RFC 3339 in UTC.
    package var created: String?

    /// - Parameters:
    ///   - member: its name in the container.
    ///   - release: the release digest, by which a release is known however it is carried.
    package init(_ bill: SoftwareBill, member: String, release: Digest, created: String?) {
        self.bill = bill
        self.created = created
        serialNumber = CycloneDXDocument.serialNumber(of: member, release)
    }

    init(bill: SoftwareBill, serialNumber: String, created: String?) {
        self.bill = bill
        self.serialNumber = serialNumber
        self.created = created
    }

    /// A UUID of version 8, which is made of whatever its maker likes (RFC 9562 §5.8): of release digest and member name.
    package static func serialNumber(of member: String, _ release: Digest) -> String {
        let hash = Array(Digest.ofBytes(Array("bundle-sbom/1 \(release.hex) \(member)\n".utf8)).hex)
        var digits = Array(hash.prefix(32))
        digits[12] = "8"
        // The two bits of the variant.
        digits[16] = ["8", "9", "a", "b"][(digits[16].hexDigitValue ?? 0) & 3]
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return "urn:uuid:" + groups.joined(separator: "-")
    }

    /// How another document refers to this one (CycloneDX, BOM-Link).
    package static func link(to member: String, _ release: Digest) -> String {
        "urn:cdx:\(serialNumber(of: member, release).dropFirst("urn:uuid:".count))/1"
    }

    package var bytes: [UInt8] {
        var metadata: [JSONValue.Member] = [
            .init("component", CycloneDXDocument.json(bill.subject)),
            .init("tools", ["components": [["type": "application", "name": "bundle"]]]),
        ]
        if let created { metadata.append(.init("timestamp", .string(created))) }
        if !bill.unread.isEmpty {
            metadata.append(
                .init(
                    "properties",
                    .array(
                        bill.unread.map {
                            ["name": .string(CycloneDXDocument.unread + $0.place), "value": .string($0.reason)]
                        })))
        }
        return CanonicalJSON.write([
            "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json", "bomFormat": "CycloneDX",
            "specVersion": "1.5", "version": 1, "serialNumber": .string(serialNumber), "metadata": .object(metadata),
            "components": .array(bill.components.map(CycloneDXDocument.json)),
            // Whether all is listed: never said for sure, and denied where something could not be read.
            "compositions": [
                [
                    "aggregate": bill.unread.isEmpty ? "unknown" : "incomplete",
                    "assemblies": [.string(bill.subject.reference)],
                ]
            ],
        ])
    }

    static let unread = "bundle:unread:"
    static let morePlaces = "bundle:more-places"

    private static func json(_ component: SoftwareBill.Component) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("type", .string(component.kind.rawValue)), .init("bom-ref", .string(component.reference)),
            .init("name", .string(component.name)),
        ]
        if let version = component.version { members.append(.init("version", .string(version))) }
        if let url = component.url { members.append(.init("purl", .string(url))) }
        if let hash = component.sha256 {
            members.append(.init("hashes", [["alg": "SHA-256", "content": .string(hash.hex)]]))
        }
        if let bill = component.bill {
            members.append(.init("externalReferences", [["type": "bom", "url": .string(bill)]]))
        }
        if !component.places.isEmpty {
            let places = component.places.map { JSONValue.object([.init("location", .string($0))]) }
            members.append(.init("evidence", ["occurrences": .array(places)]))
        }
        if component.morePlaces > 0 {
            members.append(
                .init(
                    "properties",
                    [["name": .string(morePlaces), "value": .string(String(component.morePlaces))]]))
        }
        return .object(members)
    }
}
