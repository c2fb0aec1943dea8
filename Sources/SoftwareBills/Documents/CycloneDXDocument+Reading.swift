// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Reads back what `bundle` wrote, out of proven bytes.
extension CycloneDXDocument {
    /// - Returns: nil for JSON that is no such document.
    /// - Throws: `FormatError.badJSON`.
    package init?(parsing bytes: [UInt8]) throws(FormatError) {
        let document = try StrictJSON.parse(bytes)
        guard document["bomFormat"] == "CycloneDX", case .string(let serial)? = document["serialNumber"],
            let metadata = document["metadata"], let subject = metadata["component"].flatMap(Self.component),
            case .array(let elements)? = document["components"]
        else { return nil }
        let components = elements.compactMap(Self.component)
        guard components.count == elements.count else { return nil }
        var unread: [SoftwareBill.Unread] = []
        if case .array(let properties)? = metadata["properties"] {
            for property in properties {
                guard case .string(let name)? = property["name"], case .string(let value)? = property["value"],
                    name.hasPrefix(Self.unread)
                else { continue }
                unread.append(SoftwareBill.Unread(place: String(name.dropFirst(Self.unread.count)), reason: value))
            }
        }
        self.init(
            bill: SoftwareBill(subject: subject, components: components, unread: unread), serialNumber: serial,
            created: Self.text(metadata["timestamp"]))
    }

    private static func component(_ value: JSONValue) -> SoftwareBill.Component? {
        guard let kind = text(value["type"]).flatMap(SoftwareBill.Component.Kind.init), let name = text(value["name"])
        else { return nil }
        var component = SoftwareBill.Component(
            kind: kind, name: name, version: text(value["version"]), url: text(value["purl"]))
        if case .array(let hashes)? = value["hashes"] {
            component.sha256 = hashes.first.flatMap { text($0["content"]) }.flatMap { Digest(hex: $0) }
        }
        if case .array(let references)? = value["externalReferences"] {
            component.bill = references.first.flatMap { text($0["url"]) }
        }
        if case .array(let places)? = value["evidence"]?["occurrences"] {
            component.places = places.compactMap { text($0["location"]) }
        }
        if case .array(let properties)? = value["properties"] {
            component.morePlaces =
                properties.first { $0["name"] == .string(morePlaces) }.flatMap { text($0["value"]) }.flatMap { Int($0) }
                ?? 0
        }
        return component
    }

    private static func text(_ value: JSONValue?) -> String? {
        if case .string(let text)? = value { text } else { nil }
    }
}
