// SPDX-License-Identifier: Apache-2.0
import Yams

/// One pass of Yams over a text, turned into our nodes.
struct Composition {
    private let text: String
    private let file: String
    /// Tags that were put before the first of two equal keys (see `root`), at their places in `text`.
    private let marked: [Place]

    init(text: String, file: String) {
        self.init(text: text, file: file, marked: [])
    }

    private init(text: String, file: String, marked: [Place]) {
        self.file = file
        self.marked = marked
        // Yams keeps a pointer into the string beyond the call that lends it. A string of up to 15 bytes has no storage
        // to point to, so it is forced onto the heap.
        var owned = ""
        owned.reserveCapacity(max(64, text.utf8.count))
        owned.append(text)
        self.text = owned
    }

    func root() throws(YAMLError) -> YAMLNode {
        do {
            // Explicit: the default encoding is read from the environment.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            let node = try parser.singleRoot()
            // Nodes hold their anchors weakly; the parser keeps them alive.
            return try withExtendedLifetime(parser) {
                guard let node else {
                    return YAMLNode(place: place(nil), content: .scalar(.init(text: "", plain: true)))
                }
                return try convert(node, depth: 1)
            }
        } catch let error as YAMLError {
            throw error
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            throw duplicate(keys.first ?? "", first: place(context.mark))
        } catch let error as YamlError {
            throw translate(error)
        } catch {
            throw .syntax(place(nil), problem: "\(error)")
        }
    }

    /// Yams names the first of two equal keys only. Where the second stands is found by telling the first one apart with a
    /// tag and composing again: now the second one is an ordinary key of the same mapping.
    private func duplicate(_ key: String, first: Place) -> YAMLError {
        let unknown = YAMLError.duplicateKey(first, key: key, first: first)
        guard marked.isEmpty else { return .duplicateKey(first, key: key, first: marked[0]) }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.unicodeScalars) }
        guard lines.indices.contains(first.line - 1), first.column <= lines[first.line - 1].count + 1 else {
            return unknown
        }
        lines[first.line - 1].insert(contentsOf: Array("!1 ".unicodeScalars), at: first.column - 1)
        var again = String.UnicodeScalarView()
        again.append(contentsOf: lines.joined(separator: ["\n"]))
        do {
            _ = try Composition(text: String(again), file: file, marked: [first]).root()
            return unknown
        } catch .duplicateKey(let place, let found, _) where found == key {
            return .duplicateKey(place, key: key, first: first)
        } catch {
            return unknown
        }
    }

    private func convert(_ node: Node, depth: Int) throws(YAMLError) -> YAMLNode {
        let here = place(node.mark)
        guard depth <= YAMLDocument.limitDepth else { throw .tooDeep(here) }
        if node.anchor != nil { throw .anchor(here) }
        switch node {
        case .scalar(let scalar): return YAMLNode(place: here, content: .scalar(try resolved(scalar, at: here)))
        case .alias: throw .anchor(here)
        case .sequence(let sequence):
            try check(sequence.tag, is: .seq, at: here)
            var items: [YAMLNode] = []
            for item in sequence { items.append(try convert(item, depth: depth + 1)) }
            return YAMLNode(place: here, content: .sequence(items))
        case .mapping(let mapping):
            try check(mapping.tag, is: .map, at: here)
            return YAMLNode(place: here, content: .mapping(try pairs(of: mapping, depth: depth)))
        }
    }

    private func pairs(of mapping: Node.Mapping, depth: Int) throws(YAMLError) -> [YAMLNode.Pair] {
        var pairs: [YAMLNode.Pair] = []
        var places: [String: Place] = [:]
        for (keyNode, valueNode) in mapping {
            let here = place(keyNode.mark)
            if keyNode.anchor != nil { throw .anchor(here) }
            guard case .scalar(let scalar) = keyNode else { throw .complexKey(here) }
            let content =
                scalar.tag.rawValue == "!1"
                ? YAMLScalar(text: scalar.string, plain: false) : try resolved(scalar, at: here)
            let key = YAMLNode(place: here, content: .scalar(content))
            if let first = places.updateValue(here, forKey: content.text) {
                throw .duplicateKey(here, key: content.text, first: first)
            }
            pairs.append(YAMLNode.Pair(key: key, value: try convert(valueNode, depth: depth + 1)))
        }
        return pairs
    }

    private func resolved(_ scalar: Node.Scalar, at place: Place) throws(YAMLError) -> YAMLScalar {
        // Hashing a key has set its tag to `str`, so only the style tells whether it was plain; a key's type is not used.
        let tag = scalar.tag.rawValue
        if tag == Tag.Name.implicit.rawValue { return YAMLScalar(text: scalar.string, plain: scalar.style == .plain) }
        guard tag == Tag.Name.str.rawValue || tag == Tag.Name.nonSpecific.rawValue else { throw .tag(place, tag: tag) }
        return YAMLScalar(text: scalar.string, plain: false)
    }

    private func check(_ tag: Tag, is name: Tag.Name, at place: Place) throws(YAMLError) {
        let allowed = [Tag.Name.implicit.rawValue, Tag.Name.nonSpecific.rawValue, name.rawValue]
        guard allowed.contains(tag.rawValue) else { throw .tag(place, tag: tag.rawValue) }
    }

    private func translate(_ error: YamlError) -> YAMLError {
        switch error {
        case .composer(_, let problem, let mark, _) where problem == "but found another document":
            return .manyDocuments(place(mark))
        case .composer(_, "found undefined alias", let mark, _): return .anchor(place(mark))
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return .syntax(place(mark), problem: [context?.text, problem].compactMap { $0 }.joined(separator: " "))
        case .reader(let problem, let offset, _, _):
            return .syntax(place(atOffset: offset ?? 0), problem: problem)
        default: return .syntax(place(nil), problem: "\(error)")
        }
    }

    private func place(_ mark: Mark?) -> Place {
        let line = mark?.line ?? 1
        var column = mark?.column ?? 1
        for tag in marked where tag.line == line && column > tag.column { column -= 3 }
        return Place(file: file, line: line, column: column)
    }

    private func place(atOffset offset: Int) -> Place {
        let before = text.utf8.prefix(offset)
        let lines = before.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let column = lines.last.map { String(decoding: Array($0), as: UTF8.self).unicodeScalars.count } ?? 0
        return Place(file: file, line: max(1, lines.count), column: column + 1)
    }
}
