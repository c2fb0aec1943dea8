// SPDX-License-Identifier: Apache-2.0
import BundleFormat

extension SchemaCompiler {
    /// Keywords that say something to a reader and check nothing (validation §9, core §8.3; format is an annotation
    /// unless a vocabulary asks otherwise, validation §7.2.1).
    static let annotations: Set<String> = [
        "$comment", "$defs", "default", "deprecated", "description", "examples", "format", "readOnly", "title",
        "writeOnly",
    ]
    static let assertions: Set<String> = [
        "$ref", "additionalProperties", "allOf", "anyOf", "const", "else", "enum", "exclusiveMaximum",
        "exclusiveMinimum", "if", "items", "maxItems", "maxLength", "maxProperties", "maximum", "minItems",
        "minLength", "minProperties", "minimum", "multipleOf", "not", "oneOf", "pattern", "patternProperties",
        "prefixItems", "properties", "propertyNames", "required", "then", "type", "uniqueItems",
    ]

    mutating func keywords(_ map: ValueMap, of index: Int, path: ValuePath) {
        for (keyword, argument) in map.entries where !Self.assertions.contains(keyword) {
            annotation(keyword, argument, of: index, isRoot: path.steps.isEmpty)
        }
        for (keyword, argument) in map.entries where Self.assertions.contains(keyword) {
            assertion(keyword, argument, of: index, siblings: map)
        }
        objectRule(map, of: index)
        arrayRule(map, of: index)
        conditionalRule(map, of: index)
    }

    private mutating func annotation(_ keyword: String, _ argument: Value, of index: Int, isRoot: Bool) {
        switch (keyword, argument) {
        case ("$schema", .text(let dialect)) where isRoot:
            let bare = dialect.hasSuffix("#") ? String(dialect.dropLast()) : dialect
            if bare != Self.dialect { fault(index, .unsupportedDialect(dialect)) }
        // Only at the root, where it names the document and moves no pointer of it.
        case ("$id", .text) where isRoot: break
        case ("$defs", .map(let definitions)):
            for (name, schema) in definitions.entries { _ = child(schema, of: index, .key("$defs"), .key(name)) }
        case ("$defs", _): fault(index, .badArgument(keyword: keyword, expected: "object"))
        case ("description", .text(let text)): nodes[index].about = text
        case ("title", .text(let text)): nodes[index].about = nodes[index].about ?? text
        case ("default", _): nodes[index].defaultValue = argument
        case _ where Self.annotations.contains(keyword): break
        default:
            let nearest = NearestName.of(keyword, among: Self.assertions.union(Self.annotations))
            fault(index, .unsupportedKeyword(keyword, nearest: nearest))
        }
    }

    private mutating func assertion(_ keyword: String, _ argument: Value, of index: Int, siblings: ValueMap) {
        switch keyword {
        case "type": typeRule(argument, of: index)
        case "const": add(.constant(argument), to: index)
        case "enum":
            guard case .list(let values) = argument else { return bad(index, keyword, "array") }
            add(.oneOfValues(values), to: index)
        case "required":
            guard let names = texts(argument) else { return bad(index, keyword, "array of strings") }
            add(.required(names), to: index)
        case "uniqueItems":
            guard case .bool(let isUnique) = argument else { return bad(index, keyword, "boolean") }
            if isUnique { add(.unique, to: index) }
        case "pattern":
            guard case .text(let source) = argument else { return bad(index, keyword, "string") }
            if let pattern = pattern(source, of: index) { add(.pattern(pattern), to: index) }
        case "$ref":
            guard case .text(let target) = argument else { return bad(index, keyword, "string") }
            reference(target, from: index)
        case "propertyNames": add(.names(child(argument, of: index, .key(keyword))), to: index)
        case "not": add(.not(child(argument, of: index, .key(keyword))), to: index)
        case "allOf", "anyOf", "oneOf": combination(keyword, argument, of: index)
        default: if !sizeRule(keyword, argument, of: index) { limitRule(keyword, argument, of: index) }
        }
    }

    private mutating func bad(_ index: Int, _ keyword: String, _ expected: String) {
        fault(index, .badArgument(keyword: keyword, expected: expected))
    }

    private func texts(_ value: Value) -> [String]? {
        guard let list = value.list else { return nil }
        let texts = list.compactMap(\.text)
        return texts.count == list.count ? texts : nil
    }

    private mutating func pattern(_ source: String, of index: Int) -> Pattern? {
        do { return try Pattern(source) } catch {
            fault(index, .badPattern(source, error))
            return nil
        }
    }

    private mutating func typeRule(_ argument: Value, of index: Int) {
        let known: Set<String> = ["null", "boolean", "integer", "number", "string", "array", "object"]
        let names = argument.text.map { [$0] } ?? texts(argument) ?? []
        guard !names.isEmpty, known.isSuperset(of: names) else {
            return bad(index, "type", "type name or array of them")
        }
        add(.types(names), to: index)
    }

    private mutating func combination(_ keyword: String, _ argument: Value, of index: Int) {
        guard let schemas = argument.list, !schemas.isEmpty else { return bad(index, keyword, "array of schemas") }
        let children = schemas.enumerated().map { position, schema in
            child(schema, of: index, .key(keyword), .index(position))
        }
        add(keyword == "allOf" ? .all(children) : keyword == "anyOf" ? .any(children) : .one(children), to: index)
    }

    private mutating func sizeRule(_ keyword: String, _ argument: Value, of index: Int) -> Bool {
        let sizes: [String: (Measure, Bound)] = [
            "minLength": (.characters, .minimum), "maxLength": (.characters, .maximum),
            "minItems": (.items, .minimum), "maxItems": (.items, .maximum),
            "minProperties": (.properties, .minimum), "maxProperties": (.properties, .maximum),
        ]
        guard let (measure, bound) = sizes[keyword] else { return false }
        // 2.0 is an integer too (validation §6.3.1).
        if let number = argument.double, let size = Int(exactly: number), size >= 0 {
            add(.size(measure, bound, size), to: index)
        } else {
            bad(index, keyword, "non-negative integer")
        }
        return true
    }

    private mutating func limitRule(_ keyword: String, _ argument: Value, of index: Int) {
        if keyword == "multipleOf" {
            guard let number = argument.double, number > 0 else { return bad(index, keyword, "positive number") }
            add(.multiple(number), to: index)
        } else if let limit = Limit(rawValue: keyword) {
            guard let number = argument.double else { return bad(index, keyword, "number") }
            add(.limit(limit, number), to: index)
        }
    }

    private mutating func objectRule(_ map: ValueMap, of index: Int) {
        let keywords = ["properties", "patternProperties", "additionalProperties"]
        guard keywords.contains(where: { map[$0] != nil }) else { return }
        var properties: [String: Int] = [:]
        var patterns: [ValueSchema.PatternRule] = []
        for keyword in keywords.prefix(2) {
            guard let argument = map[keyword] else { continue }
            guard let schemas = argument.map else { return bad(index, keyword, "object") }
            for (name, schema) in schemas.entries {
                let node = child(schema, of: index, .key(keyword), .key(name))
                if keyword == "properties" {
                    properties[name] = node
                } else if let pattern = pattern(name, of: index) {
                    patterns.append(ValueSchema.PatternRule(pattern: pattern, node: node))
                }
            }
        }
        let additional = map["additionalProperties"].map { child($0, of: index, .key("additionalProperties")) }
        add(.object(properties: properties, patterns: patterns, additional: additional), to: index)
    }

    private mutating func arrayRule(_ map: ValueMap, of index: Int) {
        guard map["prefixItems"] != nil || map["items"] != nil else { return }
        var prefix: [Int] = []
        if let argument = map["prefixItems"] {
            guard let schemas = argument.list, !schemas.isEmpty else {
                return bad(index, "prefixItems", "array of schemas")
            }
            for (position, schema) in schemas.enumerated() {
                prefix.append(child(schema, of: index, .key("prefixItems"), .index(position)))
            }
        }
        add(.array(prefix: prefix, items: map["items"].map { child($0, of: index, .key("items")) }), to: index)
    }

    private mutating func conditionalRule(_ map: ValueMap, of index: Int) {
        // Without `if` the other two are ignored by the standard (core §10.2.2); compiled all the same, for $ref.
        let parts = ["if", "then", "else"].map { keyword in
            map[keyword].map { child($0, of: index, .key(keyword)) }
        }
        if let condition = parts[0], parts[1] != nil || parts[2] != nil {
            add(.conditional(condition, then: parts[1], otherwise: parts[2]), to: index)
        }
    }
}
