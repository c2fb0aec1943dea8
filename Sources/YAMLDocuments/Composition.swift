// SPDX-License-Identifier: Apache-2.0

/// Events turned into our nodes: one document, no key twice, no anchor, no tag that changes a type.
struct Composition {
    private let events: EventReader

    init(_ events: EventReader) { self.events = events }

    func root() throws(YAMLError) -> YAMLNode {
        let first = try events.next()
        guard case .documentStart = first.kind else {
            return YAMLNode(place: first.place, content: .scalar(YAMLScalar(text: "", plain: true)))
        }
        let root = try node(try events.next(), depth: 1)
        _ = try events.next()  // the document's end
        let more = try events.next()
        guard case .streamEnd = more.kind else { throw .manyDocuments(more.place) }
        return root
    }

    /// - Throws: `tooDeep` before this recursion could exhaust a stack.
    private func node(_ event: EventReader.Event, depth: Int) throws(YAMLError) -> YAMLNode {
        guard depth <= YAMLDocument.limitDepth else { throw .tooDeep(event.place) }
        if event.hasAnchor { throw .anchor(event.place) }
        switch event.kind {
        case .scalar(let text, let plain, let tag):
            let scalar = try scalar(text, plain: plain, tag: tag, at: event.place)
            return YAMLNode(place: event.place, end: event.end, content: .scalar(scalar))
        case .sequenceStart(let tag):
            try check(tag, is: "tag:yaml.org,2002:seq", at: event.place)
            return YAMLNode(place: event.place, content: .sequence(try items(depth: depth)))
        case .mappingStart(let tag):
            try check(tag, is: "tag:yaml.org,2002:map", at: event.place)
            return YAMLNode(place: event.place, content: .mapping(try pairs(depth: depth)))
        case .alias: throw .anchor(event.place)
        case .documentStart, .documentEnd, .streamEnd, .sequenceEnd, .mappingEnd:
            throw .syntax(event.place, problem: "a value was expected")
        }
    }

    private func items(depth: Int) throws(YAMLError) -> [YAMLNode] {
        var items: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return items }
            items.append(try node(event, depth: depth + 1))
        }
    }

    private func pairs(depth: Int) throws(YAMLError) -> [YAMLNode.Pair] {
        var pairs: [YAMLNode.Pair] = []
        var places: [String: Place] = [:]
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return pairs }
            if event.hasAnchor { throw .anchor(event.place) }
            if case .alias = event.kind { throw .anchor(event.place) }
            guard case .scalar(let text, let plain, let tag) = event.kind else { throw .complexKey(event.place) }
            let scalar = try scalar(text, plain: plain, tag: tag, at: event.place)
            if let first = places.updateValue(event.place, forKey: text) {
                throw .duplicateKey(event.place, key: text, first: first)
            }
            let key = YAMLNode(place: event.place, content: .scalar(scalar))
            pairs.append(YAMLNode.Pair(key: key, value: try node(try events.next(), depth: depth + 1)))
        }
    }

    private func scalar(_ text: String, plain: Bool, tag: String?, at place: Place) throws(YAMLError) -> YAMLScalar {
        guard let tag else { return YAMLScalar(text: text, plain: plain) }
        guard tag == "tag:yaml.org,2002:str" else { throw .tag(place, tag: tag) }
        return YAMLScalar(text: text, plain: false)
    }

    private func check(_ tag: String?, is name: String, at place: Place) throws(YAMLError) {
        if let tag, tag != name { throw .tag(place, tag: tag) }
    }
}
