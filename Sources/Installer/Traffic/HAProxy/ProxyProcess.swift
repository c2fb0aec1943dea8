// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostSystem

/// How a proxy is kept running; tests run one without systemd.
package protocol ProxyProcess: Sendable {
    /// Where its master process answers.
    var socket: HostPath { get }
    /// Starts it and waits until it serves; one that runs is left alone.
    func start() async throws
    /// Stops it and takes everything of it away. Done again, it changes nothing.
    func remove() async throws
    /// The file that systemd runs it by; nil without systemd.
    func unitFile() throws -> (path: HostPath, bytes: [UInt8])?
}

extension ProxyProcess {
    package func unitFile() throws -> (path: HostPath, bytes: [UInt8])? { nil }
}

/// A unit of systemd's.
package struct ProxyUnit: ProxyProcess {
    private let unit: HAProxyUnit
    private let path: HostPath
    private let services: any ServiceManager

    package init(_ unit: HAProxyUnit, path: HostPath, services: any ServiceManager) {
        self.unit = unit
        self.path = path
        self.services = services
    }

    package var socket: HostPath { unit.socket }
    private var name: String { HAProxyUnit.name(unit.product) }

    package func unitFile() throws -> (path: HostPath, bytes: [UInt8])? {
        (path, Array(try unit.text().text.utf8))
    }

    package func start() async throws {
        let text = Array(try unit.text().text.utf8)
        let held = try FileSystem.exists(path) ? try FileSystem.readAll(path, limit: 1 << 20) : []
        if held != text {
            try FileSystem.write(text, to: path, permissions: 0o644)
            try await services.daemonReload()
        }
        // One that is about to be started again by systemd is started now.
        try await services.start(name)
    }

    package func remove() async throws {
        guard try FileSystem.exists(path) else { return }
        try await services.stop(name, timeout: .seconds(5))
        try await services.resetFailed(name)
        try FileSystem.remove(path)
        try await services.daemonReload()
    }
}
