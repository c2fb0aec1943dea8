// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import YAMLDocuments

/// A spec as its author wrote it, into which digests are written without touching anything else: comments, order and style
/// stay. Every edit is read back, and one that changed anything but the digest is taken back.
package struct SpecText: Equatable, Sendable {
    package private(set) var text: String
    /// As complaints call it.
    private let file: String
    private var root: YAMLNode

    /// - Throws: `YAMLError`.
    package init(_ text: String, file: String) throws {
        self.text = text
        self.file = file
        root = try YAMLDocument.parse(Array(text.utf8), file: file)
    }

    /// Writes an image's `digest:`, one for all architectures or one for each.
    ///
    /// - Throws: `PinError`.
    package mutating func pin(_ image: String, to digests: [Architecture: Digest]) throws {
        guard let node = root["images"]?[image], let pairs = node.mapping else { throw PinError.noSuchImage(image) }
        let written = SpecText.written(digests)
        let wanted =
            (pairs.filter { $0.name != "digest" }.map { ($0.name, Shape($0.value)) })
            + [("digest", SpecText.shape(digests))]
        if let old = node["digest"], !old.isNull {
            if let entries = old.mapping, Set(entries.map(\.name)) == Set(digests.keys.map(\.rawValue)) {
                return try replaceEach(digests, image: image)
            }
            guard let range = range(of: old) else { throw PinError.notWritten(image, value: written) }
            return try replace([(range, written)], image: image, with: wanted, value: written)
        }
        guard let archive = pairs.first(where: { $0.name == "archive" }), let end = archive.value.end else {
            throw PinError.notWritten(image, value: written)
        }
        try replace(insertions(behind: archive, end, written), image: image, with: wanted, value: written)
    }

    /// Writes an image's `ref:` with its digest.
    ///
    /// - Throws: `PinError`.
    package mutating func pin(_ image: String, to reference: ImageReference) throws {
        guard let node = root["images"]?[image], let pairs = node.mapping else { throw PinError.noSuchImage(image) }
        let written = "\"\(reference.text)\""
        guard let old = node["ref"], let range = range(of: old) else {
            throw PinError.notWritten(image, value: written)
        }
        let wanted = pairs.map { ($0.name, $0.name == "ref" ? Shape.text(reference.text) : Shape($0.value)) }
        try replace([(range, written)], image: image, with: wanted, value: written)
    }

    /// One digest for each architecture stands there already: each is written over, and what stands between them stays.
    private mutating func replaceEach(_ digests: [Architecture: Digest], image: String) throws {
        var edited = self
        for (arch, digest) in digests {
            guard let node = edited.root["images"]?[image], let entry = node["digest"]?[arch.rawValue],
                let range = edited.range(of: entry)
            else { throw PinError.notWritten(image, value: SpecText.written(digests)) }
            let value = "\"sha256:\(digest)\""
            let wanted = (node.mapping ?? []).map { pair -> (String, Shape) in
                guard pair.name == "digest", case .mapping(var each) = Shape(pair.value) else {
                    return (pair.name, Shape(pair.value))
                }
                each[arch.rawValue] = .text("sha256:\(digest)")
                return (pair.name, .mapping(each))
            }
            try edited.replace([(range, value)], image: image, with: wanted, value: value)
        }
        self = edited
    }

    /// The first candidate that changes what it is meant to change and nothing else.
    private mutating func replace(
        _ candidates: [(Range<String.UnicodeScalarIndex>, String)], image: String, with wanted: [(String, Shape)],
        value: String
    ) throws {
        let expected = Shape(root).replacing("images", image, by: .mapping(Dictionary(wanted) { $1 }))
        for (range, replacement) in candidates {
            let edited = text.replacingScalars(range, with: replacement)
            guard let found = try? YAMLDocument.parse(Array(edited.utf8), file: file), Shape(found) == expected
            else { continue }
            text = edited
            root = found
            return
        }
        throw PinError.notWritten(image, value: value)
    }

    /// As a line of its own, with the indentation of its neighbour; or within braces.
    private func insertions(behind archive: YAMLNode.Pair, _ end: Place, _ value: String)
        -> [(Range<String.UnicodeScalarIndex>, String)]
    {
        guard let at = index(of: end), let start = index(of: archive.key.place) else { return [] }
        let scalars = text.unicodeScalars
        let feed = scalars[at...].firstIndex(of: "\n") ?? scalars.endIndex
        let lineEnd = scalars[at..<feed].last == "\r" ? scalars.index(before: feed) : feed
        let lineStart = scalars[..<start].lastIndex(of: "\n").map { scalars.index(after: $0) } ?? scalars.startIndex
        let indent = String(scalars[lineStart..<start])
        let key = scalars[start] == "\"" ? "\"digest\"" : "digest"
        let inBraces = (at..<at, ", \(key): \(value)")
        guard indent.allSatisfy({ $0 == " " }) else { return [inBraces] }
        // As its own line ends; the last one of a file that has no end, as the one before.
        let isReturned = lineEnd < feed || feed == scalars.endIndex && scalars[..<lineStart].suffix(2).first == "\r"
        return [(lineEnd..<lineEnd, "\(isReturned ? "\r\n" : "\n")\(indent)\(key): \(value)"), inBraces]
    }

    /// Of a scalar, or of the braces around scalars.
    private func range(of node: YAMLNode) -> Range<String.UnicodeScalarIndex>? {
        guard let start = index(of: node.place) else { return nil }
        if let end = node.end.flatMap(index(of:)) { return start..<end }
        guard let last = node.mapping?.last?.value.end.flatMap(index(of:)),
            let brace = text.unicodeScalars[last...].firstIndex(of: "}"), text.unicodeScalars[start] == "{"
        else { return nil }
        return start..<text.unicodeScalars.index(after: brace)
    }

    private func index(of place: Place) -> String.UnicodeScalarIndex? {
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        for _ in 1..<place.line {
            guard let end = scalars[index...].firstIndex(of: "\n") else { return nil }
            index = scalars.index(after: end)
        }
        return scalars.index(index, offsetBy: place.column - 1, limitedBy: scalars.endIndex)
    }

    private static func written(_ digests: [Architecture: Digest]) -> String {
        let unique = Set(digests.values)
        if let only = unique.first, unique.count == 1 { return "\"sha256:\(only)\"" }
        let each = digests.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            "\($0.key.rawValue): \"sha256:\($0.value)\""
        }
        return "{ \(each.joined(separator: ", ")) }"
    }

    private static func shape(_ digests: [Architecture: Digest]) -> Shape {
        let unique = Set(digests.values)
        if let only = unique.first, unique.count == 1 { return .text("sha256:\(only)") }
        return .mapping(
            Dictionary(digests.map { ($0.key.rawValue, Shape.text("sha256:\($0.value)")) }) { first, _ in first })
    }
}

/// Why a digest was not written.
package enum PinError: Error, Equatable, Sendable {
    case noSuchImage(String)
    /// The text is shaped in a way that this editor does not edit; a person can.
    case notWritten(String, value: String)
}

/// A document without its places.
private indirect enum Shape: Equatable {
    case mapping([String: Shape])
    case sequence([Shape])
    case scalar(YAMLScalar)

    static func text(_ text: String) -> Shape { .scalar(YAMLScalar(text: text, plain: false)) }

    init(_ node: YAMLNode) {
        switch node.content {
        case .mapping(let pairs): self = .mapping(Dictionary(pairs.map { ($0.name, Shape($0.value)) }) { $1 })
        case .sequence(let nodes): self = .sequence(nodes.map { Shape($0) })
        case .scalar(let scalar): self = .scalar(scalar)
        }
    }

    func replacing(_ outer: String, _ inner: String, by shape: Shape) -> Shape {
        guard case .mapping(var all) = self, case .mapping(var some)? = all[outer] else { return self }
        some[inner] = shape
        all[outer] = .mapping(some)
        return .mapping(all)
    }
}

extension String {
    fileprivate func replacingScalars(_ range: Range<String.UnicodeScalarIndex>, with text: String) -> String {
        String(unicodeScalars[..<range.lowerBound]) + text + String(unicodeScalars[range.upperBound...])
    }
}
