// SPDX-License-Identifier: Apache-2.0

/// Which release for which processor: what a bundle's first line claims and its manifest states.
package struct ReleaseIdentity: Hashable, Sendable, CustomStringConvertible {
    package let name: ReleaseName
    package let version: Version
    package let arch: Architecture

    package init(name: ReleaseName, version: Version, arch: Architecture) {
        self.name = name
        self.version = version
        self.arch = arch
    }

    package init(_ manifest: Manifest) {
        self.init(name: manifest.name, version: manifest.version, arch: manifest.arch)
    }

    /// `NAME-VERSION-ARCH.bundle` (format §1).
    package var fileName: String { "\(name)-\(version)-\(arch.rawValue).bundle" }

    /// `NAME-VERSION-ARCH.delta.bundle`, so that it lies beside the full one.
    package var deltaFileName: String { "\(name)-\(version)-\(arch.rawValue).delta.bundle" }

    /// The untrusted comment that every signature member has (format §5.2).
    package var signatureComment: String { "bundle \(name) \(version)" }

    /// `NAME VERSION ARCH`.
    package var description: String { "\(name) \(version) \(arch.rawValue)" }
}
