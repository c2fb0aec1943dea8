// SPDX-License-Identifier: Apache-2.0

/// What a release asks of the tool, of the release it replaces and of the host; checked in preflight, all at once.
package struct Requirements: Codable, Equatable, Sendable {
    /// The oldest `bundle` that may install it.
    package var bundle: Version?
    /// The oldest installed version it can replace; a first install is always allowed.
    package var upgradeFrom: Version?
    /// Whole major version, like 247.
    package var systemd: Int?
    /// Dotted numbers, like `5.10`.
    package var kernel: String?
    /// Programs that must be found in the system's path.
    package var commands: [String]
    /// Units of the host that must be active.
    package var units: [String]
    /// Bytes of memory the host must have.
    package var memory: Int64?

    package init(
        bundle: Version? = nil, upgradeFrom: Version? = nil, systemd: Int? = nil, kernel: String? = nil,
        commands: [String] = [], units: [String] = [], memory: Int64? = nil
    ) {
        self.bundle = bundle
        self.upgradeFrom = upgradeFrom
        self.systemd = systemd
        self.kernel = kernel
        self.commands = commands
        self.units = units
        self.memory = memory
    }
}
