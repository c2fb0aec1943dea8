// SPDX-License-Identifier: Apache-2.0

/// What can be wrong with values, their schema and templates; each case carries everything that is wrong at once.
package enum ConfigurationError: Error, Equatable, Sendable {
    /// The author's schema itself.
    case schema([SchemaFault])
    /// What a site gave, and the defaults.
    case values([ValueProblem])
    case template([TemplateProblem])
    /// Patterns of log checks.
    case patterns([PatternProblem])
}

/// A text of a release that should be a pattern.
package struct PatternProblem: Equatable, Sendable {
    /// `services.web.health[2].log`.
    package let place: String
    package let source: String
    package let fault: PatternFault

    package init(place: String, source: String, fault: PatternFault) {
        self.place = place
        self.source = source
        self.fault = fault
    }
}
