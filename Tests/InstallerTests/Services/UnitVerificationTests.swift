// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Testing

@testable import Installer

/// systemd's own opinion of what we write.
@Suite struct UnitVerificationTests {
    static let isPossible = SystemCommandRunner.locate("systemd-analyze") != nil

    /// Runs `systemd-analyze ARGUMENTS… FILE` over a unit.
    private func analyze(_ arguments: [String], _ units: [UnitText]) async throws -> CommandResult {
        let directory = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(directory) }
        for unit in units {
            let file = try HostFile.open(directory / unit.name, .create(permissions: 0o644))
            try file.write(unit.text)
        }
        let paths = units.map { (directory / $0.name).text }
        return try await SystemCommandRunner().run(Command(["systemd-analyze"] + arguments + paths))
    }

    private func unit(_ sandbox: Sandbox) throws -> UnitText {
        var service = Samples.gateway()
        service.after = []
        service.sandbox = sandbox
        var context = try Samples.gatewayContext()
        context.run[0] = "/bin/true"
        return try SlotUnit(service: service, context: context).unitText()
    }

    private func exposure(_ sandbox: Sandbox) async throws -> Double {
        let result = try await analyze(["security", "--offline=true", "--no-pager"], [unit(sandbox)])
        let line = result.outputText.split(separator: "\n").first { $0.contains("Overall exposure level") }
        let words = try #require(line).split(separator: " ")
        return try #require(words.compactMap { Double($0) }.first)
    }

    @Test(.enabled(if: isPossible, "needs systemd-analyze"))
    func strictIsTight() async throws {
        #expect(try await exposure(Sandbox()) <= 1.5)
        #expect(try await exposure(Sandbox(profile: .jit)) <= 1.5)
    }

    @Test(.enabled(if: isPossible, "needs systemd-analyze"), arguments: SandboxException.allCases)
    func anExceptionCostsWhatTheDecisionSays(exception: SandboxException) async throws {
        let ceilings: [SandboxException: Double] = [.userNamespaces: 2.8]
        let figure = try await exposure(Sandbox(allow: [exception.rawValue]))
        #expect(figure <= ceilings[exception] ?? 1.5, "\(exception)")
    }

    @Test(.enabled(if: isPossible, "needs systemd-analyze"))
    func everyUnitIsClean() async throws {
        let product = ProductUnits(product: try Samples.name("pagi"))
        let store = try SlotUnit(service: Samples.store(image: false), context: Samples.storeContext(image: false))
        var imageContext = try Samples.storeContext(image: true)
        imageContext.steering = PortSteering(v4: "169.254.77.3", v6: "fd77::3", ports: [.init(container: 1, slot: 2)])
        var image = try SlotUnit(service: Samples.store(image: true), context: imageContext).unitText().text
        // What is not installed where tests run.
        for program in ["/usr/bin/podman", "/usr/lib/bundle/bundle"] {
            image = image.split(separator: program, omittingEmptySubsequences: false).joined(separator: "/bin/true")
        }
        var storeText = store
        storeText = SlotUnit(service: store.service, context: try changed(store.context, program: "/bin/true"))
        let units = [
            try unit(Sandbox()), try storeText.unitText(), try product.slotTarget(.blue, services: ["gateway"]),
            try product.productTarget(recreate: ["store"]),
        ]
        let result = try await analyze(["verify", "--recursive-errors=no"], units)
        #expect(result.status == 0)
        #expect(result.errorText == "")
        let directory = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(directory) }
        try HostFile.open(directory / "pagi.image.service", .create(permissions: 0o644)).write(image)
        let verdict = try await SystemCommandRunner().run(
            Command(["systemd-analyze", "verify", "--recursive-errors=no", (directory / "pagi.image.service").text]))
        #expect(verdict.status == 0)
        #expect(verdict.errorText == "")
    }

    private func changed(_ context: UnitContext, program: String) throws -> UnitContext {
        var context = context
        context.run[0] = program
        return context
    }
}
