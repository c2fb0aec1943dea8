// SPDX-License-Identifier: Apache-2.0

/// What a target does with an input. A refusal is thrown and means nothing; a trap is a finding.
typealias FuzzTarget = @Sendable (_ bytes: [UInt8]) throws -> Void

/// Every target by name. `BUNDLE_FUZZ` picks one, so that there is one program and it is built once.
enum FuzzTargets {
    static let all = [ContainerTargets.all, TrustTargets.all, SpecTargets.all, ImageTargets.all, RecordTargets.all]
        .reduce(into: [String: FuzzTarget]()) { $0.merge($1) { first, _ in first } }
}

/// What must hold of whatever was not refused; the opposite is a finding.
func holds(_ condition: Bool) { precondition(condition) }
