// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Testing

@testable import Installer

@Suite struct SlotUnitTests {
    @Test func aBlueGreenProgramIsWrittenWhole() throws {
        let text = try SlotUnit(service: Samples.gateway(), context: Samples.gatewayContext()).unitText().text
        #expect(text == Goldens.gateway)
    }

    @Test func aServiceThatRunsOnceHasNoSlotAndOwnsItsState() throws {
        let unit = try SlotUnit(service: Samples.store(image: false), context: Samples.storeContext(image: false))
            .unitText()
        #expect(unit.name == "pagi.store.service")
        let lines = unit.lines(of: "Service")
        #expect(lines.contains("StateDirectory=pagi/store/data"))
        #expect(lines.contains("ReadWritePaths=/srv/m"))
        #expect(unit.lines(of: "Unit").contains("PartOf=pagi.target"))
    }

    @Test func anImageIsRunByPodmanInTheForeground() throws {
        let text = try SlotUnit(service: Samples.store(image: true), context: Samples.storeContext(image: true))
            .unitText().text
        #expect(text == Goldens.image)
    }

    @Test func noSecretReachesAUnit() throws {
        // The unit only ever sees paths; the shell reads the value where systemd has put it.
        let unit = try SlotUnit(service: Samples.gateway(), context: Samples.gatewayContext()).unitText()
        #expect(!unit.text.contains("Environment=API_KEY"))
        #expect(unit.lines(of: "Service").contains("LoadCredential=API_KEY:/etc/pagi/secrets/API_KEY"))
        #expect(!unit.text.contains("absent"))
    }

    @Test(arguments: ["a\nExecStart=/bin/sh", "a\u{0}b", "a\rb", "\u{7f}"])
    func aControlCharacterIsRefused(word: String) throws {
        var context = try Samples.gatewayContext()
        context.run.append(word)
        #expect(throws: UnitError.badText(unit: "pagi.gateway.blue.service", text: word)) {
            try SlotUnit(service: Samples.gateway(), context: context).unitText()
        }
        context = try Samples.gatewayContext()
        context.environment["X"] = word
        #expect(throws: UnitError.self) { try SlotUnit(service: Samples.gateway(), context: context).unitText() }
    }

    @Test(arguments: ["LD_PRELOAD", "PATH", "a-b", "1X", "X;reboot", ""])
    func aSecretThatIsNoVariableIsRefused(id: String) throws {
        var service = Samples.gateway()
        service.secrets = [SecretUse(id: id, delivery: .environment)]
        var context = try Samples.gatewayContext()
        context.secrets[id] = "/etc/pagi/secrets/x"
        #expect(throws: UnitError.badSecretName(unit: "pagi.gateway.blue.service", id: id)) {
            try SlotUnit(service: service, context: context).unitText()
        }
    }

    @Test(arguments: [("Install", "WantedBy", "x"), ("Service", "User\n", "x"), ("Service", "Nice", "1\nUser=root")])
    func anExtraDirectiveStaysOne(section: String, directive: String, value: String) throws {
        var service = Samples.gateway()
        service.unit = [section: [directive: [value]]]
        let context = try Samples.gatewayContext()
        #expect(throws: UnitError.self) { try SlotUnit(service: service, context: context).unitText() }
    }

    @Test func aProgramNeedsItsWholePath() throws {
        var context = try Samples.gatewayContext()
        context.run = ["gateway"]
        #expect(throws: UnitError.badProgram(unit: "pagi.gateway.blue.service", program: "gateway")) {
            try SlotUnit(service: Samples.gateway(), context: context).unitText()
        }
    }

    @Test func anUnknownExceptionIsRefused() throws {
        var service = Samples.gateway()
        service.sandbox.allow = ["everything"]
        let context = try Samples.gatewayContext()
        #expect(throws: UnitError.unknownException(unit: "pagi.gateway.blue.service", name: "everything")) {
            try SlotUnit(service: service, context: context).unitText()
        }
    }
}
