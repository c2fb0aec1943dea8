// SPDX-License-Identifier: Apache-2.0

/// How the program ends: stable, documented in docs/cli.md §2. Thrown by a verb that has already said everything.
package enum ExitStatus: Int32, Error, CaseIterable, Sendable {
    case done = 0
    case failedNothingChanged = 1
    case refusedByTrust = 3
    case failedAndRolledBack = 4
    case operatorNeeded = 5
    case noSuchRelease = 10
    case locked = 11
    case drift = 12
    case usage = 64
    case damaged = 65
    case specWrong = 78
    case interrupted = 130
}
