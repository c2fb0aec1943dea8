// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Installer

/// Keeps a canary going and watches both slots, in a unit of its own and without the host's lock: `promote` and `abort`
/// stop the unit before they begin. If it dies, the kernel ends the canary by itself.
struct CanaryWatch {
    let name: String?
    let console: Console

    static func begin(_ product: ReleaseName, unit: String, _ session: HostSession) async throws {
        let program = try FileSystem.resolve("/proc/self/exe").text
        let argv = [
            "systemd-run", "--quiet", "--collect", "--unit=\(unit)", "--description=bundle canary \(product)", "--",
            program, "canary", product.text, "--watch",
        ]
        let result = try await session.runner.run(Command(argv))
        guard result.status == 0 else { throw HostVerbError.notWatched(product, result.errorText) }
    }

    func run() async throws {
        let session = try HostSession(verb: "canary", console: console, exclusive: false)
        let product = try HostSession.product(name)
        let installation = try session.installation(of: product)
        guard let pause = try installation.pause() else { throw HostVerbError.nothingWaits(product) }
        do {
            try await installation.watchCanary(pause)
        } catch {
            let line = Explanation.orPlain(error).firstLine ?? ""
            let end = "\(UTCTime(session.clock.wallSeconds())): \(line)"
            try? FileSystem.write(Array(end.utf8), to: Installation.canaryEnd(installation.layout), permissions: 0o600)
            // The audit log says by itself that the canary ended, and why.
            let attempt = AuditedAttempt(verb: "canary-watch", medium: nil, session: session)
            attempt.release = ReleaseReference(
                name: product, version: pause.plan.version, digest: pause.plan.digest)
            try await attempt.record { _ in throw error }
        }
    }
}
