// SPDX-License-Identifier: Apache-2.0

/// What a target does with an input. A refusal is thrown and means nothing; a trap is a finding.
typealias FuzzTarget = @Sendable (_ bytes: [UInt8]) throws -> Void

/// What must hold of whatever was not refused; the opposite is a finding.
func holds(_ condition: Bool) { precondition(condition) }
