// SPDX-License-Identifier: Apache-2.0
import CSodium

/// libsodium, started once. Every use of it in this room begins here, so that no call can run before `sodium_init`
/// has chosen its implementations and its source of randomness.
enum Sodium {
    private static let started = sodium_init() >= 0

    /// - Throws: `libraryUnavailable`: no source of randomness, or a processor that it cannot run on.
    static func start() throws(CryptographyError) {
        guard started else { throw .libraryUnavailable }
    }
}
