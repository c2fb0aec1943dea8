// SPDX-License-Identifier: Apache-2.0
package import YAMLDocuments

/// One thing wrong with a spec or with `host.yaml`, at its place. All of them are found in one pass.
package struct SpecProblem: Equatable, Hashable, Sendable {
    package enum Fault: Equatable, Hashable, Sendable {
        case unknownKey(String, nearest: String?)
        case missingKey(String)
        /// `expected` in words: `a list`, `true or false`.
        case wrongType(expected: String)
        /// A value outside of what the key takes; `expected` in words.
        case badValue(String, expected: String)
        /// A name that nothing declares; `kind` is service, config, secret, image, port.
        case unknownReference(kind: String, String, nearest: String?)
        case duplicate(String)
        case dependencyCycle([String])
        /// Two statements that exclude each other, in words.
        case contradiction(String)
        /// In the grammar, checked, and not built in this version.
        case notBuiltYet(String)
    }

    package let place: Place
    package let fault: Fault

    package init(_ place: Place, _ fault: Fault) {
        self.place = place
        self.fault = fault
    }
}

extension SpecProblem: Comparable {
    package static func < (left: SpecProblem, right: SpecProblem) -> Bool { left.place < right.place }
}

/// Everything that is wrong with one document.
package struct SpecProblems: Error, Equatable, Sendable {
    package let problems: [SpecProblem]

    package init(_ problems: [SpecProblem]) { self.problems = Set(problems).sorted() }
}
