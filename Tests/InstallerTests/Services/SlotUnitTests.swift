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

    @Test func anImageIsRunInTheControlGroupOfItsUnit() throws {
        let text = try SlotUnit(service: Samples.store(image: true), context: Samples.storeContext(image: true))
            .unitText().text
        #expect(text == Goldens.image)
    }

    @Test func aFixedPortIsSteeredBeforeTheContainerStarts() throws {
        var service = Samples.store(image: true)
        service.user = ContainerUser(user: 999, group: 998)
        service.writableRoot = true
        var context = try Samples.storeContext(image: true)
        context.steering = PortSteering(v4: "169.254.77.3", v6: "fd77::3", ports: [.init(container: 80, slot: 20080)])
        let lines = try SlotUnit(service: service, context: context).unitText().lines(of: "Service")
        let steer = "ExecStartPre=:/usr/lib/bundle/bundle steer --v4 169.254.77.3 --v6 fd77::3 80:20080"
        let start = try #require(lines.firstIndex { $0.hasPrefix("ExecStart=") })
        #expect(lines.firstIndex(of: steer).map { $0 < start } == true)
        #expect(lines[start].contains("run --user 999:998 --group-add \\\"$(id -g"))
        #expect(lines[start].contains(" --read-only=false "))
        #expect(lines.contains("ExecStartPre=:/usr/bin/install -o 999 -g 998 -d -m 0700 /var/lib/pagi/store/data"))
        // A check inside finds the port where the program believes that it is.
        let target = try SlotUnit(service: service, context: context).transientTask()
        #expect(target.properties == [steer])
        #expect(target.argv.suffix(2) == ["exec", "pagi.store"])
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
