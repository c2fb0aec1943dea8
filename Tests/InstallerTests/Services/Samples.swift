// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Testing

@testable import Installer

/// A product small enough to read in a golden text.
enum Samples {
    static func name(_ text: String) throws -> ReleaseName { try #require(ReleaseName(text)) }

    static func gateway() -> Service {
        Service(
            run: ["x"],
            after: [.service(name: "memory"), .service(name: "vectors"), .unit(name: "postgresql.service")],
            environment: ["RUST_LOG": "info"],
            secrets: [
                SecretUse(id: "tls.key"), SecretUse(id: "API_KEY", delivery: .environment), SecretUse(id: "absent"),
            ],
            ports: ["http": Port(port: 443, expose: .public)],
            health: [HealthCheck(probe: .http(port: "http", path: "/", status: 200, body: nil, host: nil))],
            strategy: .blueGreen, stop: StopSettings(signal: "SIGTERM", timeout: .seconds(45)),
            limits: ResourceLimits(memory: 2 << 30, cpu: 200, files: 65536),
            unit: ["Service": ["CPUAffinity": ["2-5"]]])
    }

    static func gatewayContext() throws -> UnitContext {
        UnitContext(
            product: try name("pagi"), service: "gateway", slot: .blue,
            run: [
                "/opt/pagi/slots/blue/release/bin/gateway", "--listen", "169.254.77.1:20443", "50% of $HOME \"a\\b\"",
            ],
            environment: ["RUST_LOG": "info", "GREETING": "100% \"sure\""],
            release: "/opt/pagi/slots/blue/release", config: "/opt/pagi/slots/blue/config",
            secrets: ["tls.key": "/etc/pagi/secrets/tls.key", "API_KEY": "/etc/pagi/secrets/API_KEY"],
            recreateServices: ["vectors"])
    }

    static func store(image: Bool) -> Service {
        Service(
            run: ["redis-server"], image: image ? "redis" : nil,
            secrets: [SecretUse(id: "redis-password"), SecretUse(id: "TOKEN", delivery: .environment)],
            ports: ["redis": Port(port: 6379)], health: [HealthCheck(probe: .tcp(port: "redis"))],
            state: [StateDirectory(name: "data", mount: "/data"), StateDirectory(name: "moved", mount: "/moved")],
            strategy: .recreate, limits: ResourceLimits(memory: 1 << 20, cpu: 150, files: 4096))
    }

    static func storeContext(image: Bool) throws -> UnitContext {
        UnitContext(
            product: try name("pagi"), service: "store", slot: nil,
            run: ["/usr/bin/redis-server", "--bind", "169.254.77.3"],
            environment: ["MODE": "one"], release: "/opt/pagi/current", config: "/opt/pagi/slots/green/config",
            state: ["data": "/var/lib/pagi/store/data", "moved": "/srv/m"],
            secrets: ["redis-password": "/etc/pagi/secrets/redis-password", "TOKEN": "/etc/pagi/secrets/TOKEN"],
            imageID: image ? Digest(hex: String(repeating: "ab", count: 32)) : nil)
    }
}
