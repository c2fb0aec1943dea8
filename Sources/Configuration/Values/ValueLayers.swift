// SPDX-License-Identifier: Apache-2.0
package import YAMLDocuments

/// Values in layers, each over the one before: the author's defaults, the site's values.yaml, `values:` of host.yaml.
///
/// Maps are merged key by key; anything else is replaced whole, lists too. A null replaces like any other value and
/// removes nothing: `tls: null` switches something off, and a template can still ask for it. A map never gives way to
/// a scalar or a list, nor they to a map: that is a misspelt level, and all below it would be lost without a word.
package struct ValueLayers: Equatable, Sendable {
    package private(set) var value: Value = .map(ValueMap())
    private var places: [ValuePath: Place] = [:]
    private var keyPlaces: [ValuePath: Place] = [:]
    private var conflicts: [ValueProblem] = []

    package init() {}

    package mutating func add(_ layer: ValueDocument) {
        guard layer.value != .null else { return }  // A file of comments only.
        value = merge(value, layer.value, ValuePath(), layer)
    }

    /// - Throws: `ConfigurationError.values` with everything wrong at once, each with its place.
    package func checked(against schema: ValueSchema?) throws(ConfigurationError) -> Value {
        var problems = conflicts
        for violation in schema?.violations(in: value) ?? [] {
            problems.append(ValueProblem(violation, place: place(of: violation)))
        }
        guard problems.isEmpty else { throw .values(problems) }
        return value
    }

    /// Where a value was given; of a value that no file gives, where the map around it was.
    package func place(of path: ValuePath) -> Place? {
        var path = path
        while true {
            if let place = places[path] { return place }
            guard !path.steps.isEmpty else { return nil }
            path.steps.removeLast()
        }
    }

    private func place(of violation: ValueViolation) -> Place? {
        switch violation.fault {
        case .unknownKey, .badKey: keyPlaces[violation.path] ?? place(of: violation.path)
        default: place(of: violation.path)
        }
    }

    private mutating func merge(_ old: Value, _ new: Value, _ path: ValuePath, _ layer: ValueDocument) -> Value {
        if old != .null, new != .null, (old.map == nil) != (new.map == nil) {
            let expected = old.map == nil ? [old.typeName] : ["object"]
            let fault = ValueViolation.Fault.wrongType(expected: expected, found: new.typeName)
            conflicts.append(ValueProblem(ValueViolation(path, fault), place: layer.places[path]))
            return old
        }
        guard case .map(var merged) = old, case .map(let added) = new else {
            forget(old, path)
            adopt(new, path, layer)
            return new
        }
        places[path] = places[path] ?? layer.places[path]
        for (key, value) in added.entries {
            merged[key] = merge(merged[key] ?? .null, value, path.appending(key), layer)
            keyPlaces[path.appending(key)] = layer.keyPlaces[path.appending(key)]
        }
        return .map(merged)
    }

    private mutating func forget(_ value: Value, _ path: ValuePath) {
        places[path] = nil
        for (below, child) in value.children(at: path) { forget(child, below) }
    }

    private mutating func adopt(_ value: Value, _ path: ValuePath, _ layer: ValueDocument) {
        places[path] = layer.places[path]
        keyPlaces[path] = layer.keyPlaces[path]
        for (below, child) in value.children(at: path) { adopt(child, below, layer) }
    }
}

extension Value {
    fileprivate func children(at path: ValuePath) -> [(ValuePath, Value)] {
        switch self {
        case .map(let map): map.entries.map { (path.appending($0.key), $0.value) }
        case .list(let list): list.enumerated().map { (path.appending($0.offset), $0.element) }
        default: []
        }
    }
}

/// A violation with the place of the value that it is about, where a file gives it.
package struct ValueProblem: Equatable, Sendable {
    package var violation: ValueViolation
    package var place: Place?

    package init(_ violation: ValueViolation, place: Place?) {
        self.violation = violation
        self.place = place
    }
}
