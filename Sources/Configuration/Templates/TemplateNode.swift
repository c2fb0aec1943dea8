// SPDX-License-Identifier: Apache-2.0

/// A template, parsed.
indirect enum TemplateNode: Equatable {
    case text([UInt8])
    case output(TemplateExpression, TemplatePlace)
    /// Branches in order; the last may be without condition.
    case conditional([Branch])
    case loop(Loop)

    struct Branch: Equatable {
        var condition: TemplateExpression?
        var body: [TemplateNode]
    }

    struct Loop: Equatable {
        /// One name, or two for the key and value of a map.
        var names: [String]
        var list: TemplateExpression
        var body: [TemplateNode]
        /// Rendered when there is nothing to go through.
        var empty: [TemplateNode]
        var place: TemplatePlace
    }
}

/// Line and column, both from 1.
struct TemplatePlace: Equatable {
    var line: Int
    var column: Int
}

indirect enum TemplateExpression: Equatable {
    case literal(Value)
    case name(TemplateName)
    case filter(TemplateExpression, FilterCall)
    case not(TemplateExpression)
    case and(TemplateExpression, TemplateExpression)
    case or(TemplateExpression, TemplateExpression)
    case comparison(TemplateExpression, Comparison, TemplateExpression, TemplatePlace)
    /// `secret("ID")`, as the name `secrets.ID`: what is declared there may be asked for here.
    case secret(TemplateName)
    /// `a if condition else b`
    case choice(TemplateExpression, condition: TemplateExpression, otherwise: TemplateExpression)

    enum Comparison: String, Equatable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case contained = "in"
        case notContained = "not in"
    }

    struct FilterCall: Equatable {
        var name: TemplateFilter
        var arguments: [TemplateExpression]
        var place: TemplatePlace
    }
}

/// A name with what follows it: `values.peers[0].host`, `values["odd key"]`.
struct TemplateName: Equatable {
    var root: String
    var steps: [ValuePath.Step]
    var place: TemplatePlace

    var path: ValuePath { ValuePath([.key(root)] + steps) }
}

enum TemplateFilter: String, Equatable, CaseIterable {
    case `default`, join, lowercase, uppercase, quote, json

    static let aliases: [String: TemplateFilter] = [
        "lower": .lowercase, "upper": .uppercase, "tojson": .json, "d": .default,
    ]
}
