// SPDX-License-Identifier: Apache-2.0

/// What can be wrong with values, their schema and templates; each case carries everything that is wrong at once.
package enum ConfigurationError: Error, Equatable, Sendable {
    /// The author's schema itself.
    case schema([SchemaFault])
    /// What a site gave, and the defaults.
    case values([ValueProblem])
    case template([TemplateProblem])
}
