// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import FoundationEssentials
package import HostSystem

extension RuntimeReport {
    /// The runtime of a release's images on this host.
    /// - Parameters:
    ///   - wanted: by `host.yaml`.
    ///   - current: what the product runs under now: another one that comes to the host moves nothing by itself.
    /// - Returns: one that does not answer only if it was wanted or none does.
    package static func choose(
        wanted: ContainerRuntime?, current: ContainerRuntime?, _ runner: any CommandRunner
    ) async -> RuntimeReport {
        if let wanted { return await look(at: wanted, runner) }
        // A daemon that is down for a moment is no reason to move the product.
        if let current, case let report = await look(at: current, runner), report.state != .missing { return report }
        var first: RuntimeReport?
        for runtime in ContainerRuntime.allCases where runtime != current {
            let report = await look(at: runtime, runner)
            if report.answers { return report }
            if first == nil || first?.state == .missing { first = report }
        }
        return first ?? RuntimeReport(.podman, .missing)
    }

    package static func look(at runtime: ContainerRuntime, _ runner: any CommandRunner) async -> RuntimeReport {
        do {
            let result = try await runner.run(Command(question(runtime), timeoutSeconds: 30))
            var report = read(result, of: runtime)
            if runtime == .containerd, report.answers { report.storage = try await snapshots(runner) ?? report.storage }
            return report
        } catch CommandError.notFound {
            return RuntimeReport(runtime, .missing)
        } catch {
            return RuntimeReport(runtime, .silent("\(error)"))
        }
    }

    static func question(_ runtime: ContainerRuntime) -> [String] {
        switch runtime {
        case .podman: ["podman", "info", "--format", "{{println .Version.Version}}{{println .Store.GraphRoot}}"]
        case .docker: ["docker", "info", "--format", "{{json .}}"]
        case .containerd: ["ctr", "version"]
        }
    }

    /// What a runtime answered to its question.
    static func read(_ result: CommandResult, of runtime: ContainerRuntime) -> RuntimeReport {
        let said = RuntimeReport(runtime, .silent(result.errorText.isEmpty ? result.outputText : result.errorText))
        guard result.status == 0 else { return said }
        let lines = result.outputText.split(separator: "\n").map(String.init)
        switch runtime {
        case .podman:
            guard lines.count >= 2 else { return said }
            return RuntimeReport(runtime, state(lines[0]), storage: HostPath(lines[1]))
        case .docker:
            guard let facts = DockerFacts.read(result.output) else { return said }
            return facts.report ?? RuntimeReport(runtime, .silent(facts.errors?.joined(separator: "\n") ?? ""))
        case .containerd:
            // `Client:` and `Server:`, each with its `Version:`.
            guard let server = lines.firstIndex(of: "Server:"),
                let version = lines[server...].first(where: { $0.contains("Version:") })?.split(separator: " ").last
            else { return said }
            return RuntimeReport(runtime, state(version))
        }
    }

    fileprivate static func state(_ version: some StringProtocol) -> State {
        .answers(version: HostFacts.dottedNumbers(version))
    }

    /// `ctr plugins ls --detailed` of the snapshotter that is the default has `root` among its exports.
    private static func snapshots(_ runner: any CommandRunner) async throws -> HostPath? {
        let result = try await runner.run(Command(["ctr", "plugins", "ls", "--detailed", "id==overlayfs"]))
        let roots = result.outputText.split(separator: "\n").compactMap { line -> HostPath? in
            let words = line.split(separator: " ")
            return words.count == 2 && words[0] == "root" ? HostPath(String(words[1])) : nil
        }
        return roots.first
    }
}

/// `docker info` as JSON, as far as it matters here.
private struct DockerFacts: Decodable {
    let version: String?
    let root: String?
    let driver: String?
    let groups: String?
    let status: [[String]]?
    let errors: [String]?

    enum CodingKeys: String, CodingKey {
        case version = "ServerVersion"
        case root = "DockerRootDir"
        case driver = "CgroupDriver"
        case groups = "CgroupVersion"
        case status = "DriverStatus"
        case errors = "ServerErrors"
    }

    static func read(_ bytes: [UInt8]) -> DockerFacts? {
        try? JSONDecoder().decode(DockerFacts.self, from: Data(bytes))
    }

    /// nil while there is a client and no daemon.
    var report: RuntimeReport? {
        guard let version, !version.isEmpty, let root else { return nil }
        var report = RuntimeReport(.docker, RuntimeReport.state(version), storage: HostPath(root))
        report.namesManifests = status?.contains(["driver-type", "io.containerd.snapshotter.v1"]) ?? false
        if driver != "systemd" || groups != "2" {
            report.badGroups = "driver \(driver ?? "unknown"), cgroup v\(groups ?? "1")"
        }
        return report
    }
}
