// SPDX-License-Identifier: Apache-2.0

/// The author's JSON Schema for values, compiled: the subset of draft 2020-12 that docs/values.md lists.
///
/// A keyword outside the subset is refused when the schema is read: a check that silently does nothing would let a
/// site's mistake through to a running service.
package struct ValueSchema: Equatable, Sendable {
    /// One schema of the document; subschemas are indices into `nodes`, so a recursive schema is a plain value.
    struct Node: Equatable, Sendable {
        var pointer: String
        var rules: [Rule] = []
        /// Annotations, for skeletons; they check nothing.
        var about: String?
        var defaultValue: Value?
    }

    enum Rule: Equatable, Sendable {
        /// `false`: nothing is valid.
        case never
        case types([String])
        case oneOfValues([Value])
        case constant(Value)
        case required([String])
        case object(properties: [String: Int], patterns: [PatternRule], additional: Int?)
        case names(Int)
        case array(prefix: [Int], items: Int?)
        case unique
        case size(Measure, Bound, Int)
        case pattern(Pattern)
        case limit(Limit, Double)
        case multiple(Double)
        case all([Int])
        case any([Int])
        case one([Int])
        case not(Int)
        case conditional(Int, then: Int?, otherwise: Int?)
        case reference(Int)
    }

    struct PatternRule: Equatable, Sendable {
        var pattern: Pattern
        var node: Int
    }

    var nodes: [Node]
    /// The root is the first node.
    static let root = 0

    /// - Parameter document: the schema as a value, from JSON or YAML.
    /// - Throws: `ConfigurationError.schema` with every fault at once.
    package init(_ document: Value) throws(ConfigurationError) {
        var compiler = SchemaCompiler()
        nodes = try compiler.compile(document)
    }

    /// Everything about the value that the schema refuses, in the order of the document; empty when it is valid.
    package func violations(in value: Value) -> [ValueViolation] {
        var checker = SchemaChecker(schema: self)
        return checker.check(value)
    }
}

/// What a size is counted in.
package enum Measure: String, Equatable, Sendable {
    case characters
    case items
    case properties
}

package enum Bound: String, Equatable, Sendable {
    case minimum
    case maximum
}

/// Bounds of numbers, by their keyword.
package enum Limit: String, Equatable, Sendable {
    case minimum
    case maximum
    case exclusiveMinimum
    case exclusiveMaximum
}
