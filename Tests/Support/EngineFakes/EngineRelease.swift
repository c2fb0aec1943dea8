// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// The services of the releases that the engine is tried with; each runs `{{ bin }}/NAME`.
enum EngineRelease {
    static var services: [String: Service] {
        [
            "web": Service(
                run: ["{{ bin }}/web"], after: [.service(name: "store")], config: ["web.txt"],
                ports: ["http": Port(port: 80, expose: .public)],
                health: [HealthCheck(probe: .tcp(port: "http"))], strategy: .blueGreen),
            "store": Service(
                run: ["{{ bin }}/store"], config: ["store.txt"], ports: ["db": Port(port: 8082, expose: .public)],
                health: [HealthCheck(probe: .tcp(port: "db"))], strategy: .recreate),
        ]
    }

    /// An image, one that is the same in every release, and one that comes or goes.
    static func furtherServices(_ version: String) -> [String: Service] {
        // The newest release has one that the others lack, and lacks one that they have.
        let name = version.hasPrefix("2") ? "added" : "retired"
        return [
            "boxed": Service(
                run: [], image: "box", ports: ["api": Port(port: 7000)], health: [HealthCheck(probe: .notify)],
                strategy: .blueGreen),
            "kept": Service(
                run: ["{{ bin }}/kept"], ports: ["db": Port(port: 8081)], health: [HealthCheck(probe: .notify)],
                strategy: .recreate),
            name: Service(
                run: ["{{ bin }}/\(name)"], ports: ["x": Port(port: 8083)], health: [HealthCheck(probe: .notify)],
                strategy: .recreate),
        ]
    }
}
