// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostSystem
import Testing

@testable import Installer

/// One call of a program in a container, and what the kernel makes of it.
struct SteeredCall: Sendable, CustomTestStringConvertible {
    var hook: SocketProgram.Hook
    var address: String
    var port: Int
    var becomes: String
    var onlyIPv6 = false
    /// SOCK_STREAM.
    var type: UInt8 = 1

    init(
        _ hook: SocketProgram.Hook, _ address: String, _ port: Int, _ becomes: String, onlyIPv6: Bool = false,
        type: UInt8 = 1
    ) {
        self.hook = hook
        self.address = address
        self.port = port
        self.becomes = becomes
        self.onlyIPv6 = onlyIPv6
        self.type = type
    }

    var testDescription: String { "\(hook) \(address):\(port)\(onlyIPv6 ? " IPv6 only" : "")" }
}

@Suite struct PortSteeringTests {
    static let steering = PortSteering(
        v4: "169.254.77.2", v6: "fd77::2",
        ports: [.init(container: 6333, slot: 6333), .init(container: 80, slot: 20080)])

    private func program(_ hook: SocketProgram.Hook) throws -> SocketProgram {
        try #require(PortSteeringTests.steering.programs?.first { $0.hook == hook })
    }

    static let calls: [SteeredCall] = [
        SteeredCall(.bind4, "0.0.0.0", 6333, "169.254.77.2:6333"),
        SteeredCall(.bind4, "0.0.0.0", 80, "169.254.77.2:20080"),
        SteeredCall(.bind4, "127.0.0.1", 80, "169.254.77.2:20080"),
        // Nobody declared it: it keeps its number, and is not to be had from off the machine.
        SteeredCall(.bind4, "0.0.0.0", 6334, "169.254.77.2:6334"),
        SteeredCall(.bind4, "127.0.0.1", 6334, "127.0.0.1:6334"),
        SteeredCall(.bind4, "10.0.0.1", 80, "10.0.0.1:80"),
        // A client that binds before it connects; a datagram.
        SteeredCall(.bind4, "0.0.0.0", 0, "0.0.0.0:0"),
        SteeredCall(.bind4, "0.0.0.0", 80, "0.0.0.0:80", type: 2),
        SteeredCall(.bind6, "::", 80, "[::ffff:169.254.77.2]:20080"),
        SteeredCall(.bind6, "::", 6334, "[::ffff:169.254.77.2]:6334"),
        SteeredCall(.bind6, "::", 80, "[fd77::2]:20080", onlyIPv6: true),
        SteeredCall(.bind6, "::1", 80, "[::ffff:169.254.77.2]:20080"),
        SteeredCall(.bind6, "::1", 81, "[::1]:81"),
        SteeredCall(.bind6, "::ffff:0.0.0.0", 80, "[::ffff:169.254.77.2]:20080"),
        SteeredCall(.bind6, "::ffff:127.0.0.1", 80, "[::ffff:169.254.77.2]:20080"),
        SteeredCall(.bind6, "::ffff:10.0.0.1", 80, "[::ffff:10.0.0.1]:80"),
        SteeredCall(.bind6, "fd00::1", 80, "[fd00::1]:80"),
        SteeredCall(.bind6, "::", 0, "[::]:0"),
        SteeredCall(.connect4, "127.0.0.1", 80, "169.254.77.2:20080"),
        SteeredCall(.connect4, "127.0.0.1", 5432, "127.0.0.1:5432"),
        SteeredCall(.connect4, "10.0.0.1", 80, "10.0.0.1:80"),
        SteeredCall(.connect6, "::1", 6333, "[::ffff:169.254.77.2]:6333"),
        SteeredCall(.connect6, "::1", 5432, "[::1]:5432"),
        SteeredCall(.connect6, "::ffff:127.0.0.1", 80, "[::ffff:169.254.77.2]:20080"),
        SteeredCall(.connect6, "fd00::1", 80, "[fd00::1]:80"),
    ]

    @Test(arguments: calls)
    func whatAProgramAsksForIsPutOnItsSlot(call: SteeredCall) throws {
        var machine = SocketMachine(context: try context(call), number: call.onlyIPv6 ? 1 : 0)
        #expect(try machine.run(program(call.hook)) == 1)
        #expect(text(machine.context, isV6: call.address.contains(":")) == call.becomes)
        let isSteered = call.becomes.contains("169.254.77.2")
        let connects = call.hook == .connect4 || call.hook == .connect6
        #expect(machine.mark == (connects && isSteered ? NFTablesText.probeMark : 0))
    }

    /// struct bpf_sock_addr of linux/bpf.h, as far as the programs look.
    private func context(_ call: SteeredCall) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 72)
        let isV6 = call.address.contains(":")
        var address = [UInt8](repeating: 0, count: 16)
        #expect(inet_pton(isV6 ? AF_INET6 : AF_INET, call.address, &address) == 1)
        bytes.replaceSubrange(isV6 ? 8..<24 : 4..<8, with: address.prefix(isV6 ? 16 : 4))
        bytes[24] = UInt8(call.port >> 8)
        bytes[25] = UInt8(call.port & 0xff)
        bytes[32] = call.type
        return bytes
    }

    private func text(_ context: [UInt8], isV6: Bool) -> String {
        var buffer = [CChar](repeating: 0, count: 64)
        inet_ntop(isV6 ? AF_INET6 : AF_INET, Array(context[isV6 ? 8..<24 : 4..<8]), &buffer, 64)
        let address = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return Endpoint(address: address, port: Int(context[24]) << 8 | Int(context[25])).description
    }

    /// level, name, value; what is noted.
    @Test(arguments: [
        (41, 26, [1, 0, 0, 0], 1), (41, 26, [0, 0, 0, 0], 0), (41, 25, [1, 0, 0, 0], 7), (6, 26, [1, 0, 0, 0], 7),
        (41, 26, [1], 7),
    ])
    func whatIPv6OnlySaysIsNoted(level: UInt8, name: UInt8, value: [UInt8], noted: UInt32) throws {
        var context = [UInt8](repeating: 0, count: 40)
        context[24] = level
        context[28] = name
        context[32] = UInt8(value.count)
        var machine = SocketMachine(context: context, number: 7, option: value)
        #expect(try machine.run(program(.setOption)) == 1)
        #expect(machine.number == noted)
        // The kernel goes on with the program's own value.
        #expect(machine.context[32] == 0)
    }

    @Test func theUnitsCommandSaysAllOfIt() {
        #expect(
            PortSteeringTests.steering.command(above: false) == [
                "/usr/lib/bundle/bundle", "steer", "--v4", "169.254.77.2", "--v6", "fd77::2", "80:20080", "6333:6333",
            ])
    }

    @Test func aServiceWithoutAFixedPortIsNotSteered() throws {
        let addresses = try #require(SlotAddresses(index: 0))
        var service = Samples.store(image: true)
        #expect(PortSteering(service, slot: nil, addresses: addresses) == nil)
        service.ports["redis"]?.container = 6379
        #expect(
            PortSteering(service, slot: nil, addresses: addresses)
                == PortSteering(v4: "169.254.77.3", v6: "fd77::3", ports: [.init(container: 6379, slot: 6379)]))
    }

    // MARK: - The kernel itself

    static let kernel: HostPath? = geteuid() == 0 ? (try? ControlGroup.mount()).flatMap { $0 } : nil

    /// The verifier takes them; a unit that starts a hundred times has them once.
    @Test(.enabled(if: kernel != nil, "needs root and unified control groups"))
    func theKernelTakesThem() throws {
        let mount = try #require(PortSteeringTests.kernel)
        let group = ControlGroup(path: mount / "bundle-steering-\(getpid())")
        #expect(mkdir(group.path.text, 0o755) == 0)
        defer { rmdir(group.path.text) }
        let programs = try #require(PortSteeringTests.steering.programs)
        for _ in 0..<100 { try group.attach(programs, name: PortSteering.name) }
    }
}
