// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostSystem

extension PortSteering {
    /// nil when an address is none.
    package var programs: [SocketProgram]? {
        guard let four = Endpoint(address: v4, port: 1).socket?.address, four.count == 4,
            let six = Endpoint(address: v6, port: 1).socket?.address, six.count == 16
        else { return nil }
        let address = Address(four: PortSteering.words(four)[0], six: PortSteering.words(six))
        return [bind4(address), bind6(address), connect4(address), connect6(address), PortSteering.setOption]
    }

    /// In the order in which the kernel keeps them: network order, read by a little-endian machine.
    private struct Address {
        let four: UInt32
        let six: [UInt32]
    }

    private static func words(_ bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    private static func networkOrder(_ port: Int) -> UInt32 { UInt32(UInt16(truncatingIfNeeded: port).byteSwapped) }

    // struct bpf_sock_addr.
    private static let ip4: Int16 = 4
    private static let ip6: Int16 = 8
    private static let userPort: Int16 = 24
    private static let type: Int16 = 32

    private static let stream: UInt32 = 1
    private static let loopback4 = words([127, 0, 0, 1])[0]
    /// The third word of ::ffff:0.0.0.0, and the fourth of ::1.
    private static let mapped = words([0, 0, 0xff, 0xff])[0]
    private static let one = words([0, 0, 0, 1])[0]

    /// Every program begins so: TCP with a port; whatever else passes unchanged.
    private func start(_ code: inout SocketAssembler) {
        code.copy(.r1, to: .context)
        code.load(.r2, from: .context, at: PortSteering.type)
        code.jump(to: "allow", if: .r2, isNot: PortSteering.stream)
        code.load(.port, from: .context, at: PortSteering.userPort)
        // The kernel chooses: a client that binds before it connects.
        code.jump(to: "allow", if: .port, is: 0)
    }

    /// The declared port's own number on the slot's address; a port that nobody declared keeps its number.
    private func movePort(_ code: inout SocketAssembler) {
        code.label("steer")
        for (index, port) in ports.enumerated() {
            code.jump(to: "not \(index)", if: .port, isNot: PortSteering.networkOrder(port.container))
            code.store(PortSteering.networkOrder(port.slot), to: .context, at: PortSteering.userPort)
            code.jump(to: "address")
            code.label("not \(index)")
        }
        code.label("address")
    }

    /// Goes to "steer" for a declared port of this machine's own address, and with `orAny` for any port of all addresses;
    /// else to "allow".
    private func steer(
        _ register: SocketAssembler.Register, at loopback: UInt32, orAny: Bool, _ code: inout SocketAssembler
    ) {
        if orAny { code.jump(to: "steer", if: register, is: 0) }
        code.jump(to: "allow", if: register, isNot: loopback)
        for port in ports { code.jump(to: "steer", if: .port, is: PortSteering.networkOrder(port.container)) }
        code.jump(to: "allow")
    }

    /// Up to the moved port: what bind4 and connect4 have in common.
    private func steer4(orAny: Bool, _ code: inout SocketAssembler) {
        start(&code)
        code.load(.r2, from: .context, at: PortSteering.ip4)
        steer(.r2, at: PortSteering.loopback4, orAny: orAny, &code)
        movePort(&code)
    }

    /// The same for bind6 and connect6.
    private func steer6(orAny: Bool, _ code: inout SocketAssembler) {
        start(&code)
        for word: Int16 in 0..<2 {
            code.load(.r2, from: .context, at: PortSteering.ip6 + 4 * word)
            code.jump(to: "allow", if: .r2, isNot: 0)
        }
        code.load(.r4, from: .context, at: PortSteering.ip6 + 12)
        code.load(.r2, from: .context, at: PortSteering.ip6 + 8)
        code.jump(to: "mapped", if: .r2, is: PortSteering.mapped)
        code.jump(to: "allow", if: .r2, isNot: 0)
        steer(.r4, at: PortSteering.one, orAny: orAny, &code)
        code.label("mapped")
        steer(.r4, at: PortSteering.loopback4, orAny: orAny, &code)
        movePort(&code)
    }

    private func bind4(_ address: Address) -> SocketProgram {
        var code = SocketAssembler()
        steer4(orAny: true, &code)
        code.store(address.four, to: .context, at: PortSteering.ip4)
        return end(&code, .bind4)
    }

    private func connect4(_ address: Address) -> SocketProgram {
        var code = SocketAssembler()
        steer4(orAny: false, &code)
        code.store(address.four, to: .context, at: PortSteering.ip4)
        // A program's way to itself is never held: a check inside must see when the hold may end.
        code.mark(NFTablesText.probeMark)
        return end(&code, .connect4)
    }

    /// `::` is all addresses of both families, which no single address is: such a socket gets the IPv4 one. One that was
    /// told to be IPv6 only gets the other; then its program has a second socket for IPv4.
    private func bind6(_ address: Address) -> SocketProgram {
        var code = SocketAssembler()
        steer6(orAny: true, &code)
        code.findNumber()
        code.jump(to: "both", ifNone: .r0)
        code.load(.r2, from: .r0, at: 0)
        code.jump(to: "both", if: .r2, is: 0)
        for (index, word) in address.six.enumerated() {
            code.store(word, to: .context, at: PortSteering.ip6 + 4 * Int16(index))
        }
        code.jump(to: "allow")
        code.label("both")
        storeMapped(address, &code)
        return end(&code, .bind6)
    }

    private func connect6(_ address: Address) -> SocketProgram {
        var code = SocketAssembler()
        steer6(orAny: false, &code)
        storeMapped(address, &code)
        code.mark(NFTablesText.probeMark)
        return end(&code, .connect6)
    }

    private func end(_ code: inout SocketAssembler, _ hook: SocketProgram.Hook) -> SocketProgram {
        code.label("allow")
        code.allow()
        return code.program(hook)
    }

    private func storeMapped(_ address: Address, _ code: inout SocketAssembler) {
        code.store(0, to: .context, at: PortSteering.ip6)
        code.store(0, to: .context, at: PortSteering.ip6 + 4)
        code.store(PortSteering.mapped, to: .context, at: PortSteering.ip6 + 8)
        code.store(address.four, to: .context, at: PortSteering.ip6 + 12)
    }

    /// Notes what was last said by IPV6_V6ONLY: a bind cannot ask its socket. Programs say it right before they bind.
    private static var setOption: SocketProgram {
        var code = SocketAssembler()
        code.copy(.r1, to: .context)
        // struct bpf_sockopt: the value and its end, level, option, length.
        code.load(.r2, from: .context, at: 24)
        code.jump(to: "end", if: .r2, isNot: 41)
        code.load(.r2, from: .context, at: 28)
        code.jump(to: "end", if: .r2, isNot: 26)
        code.loadPointer(.r2, from: .context, at: 0x08)
        code.loadPointer(.r3, from: .context, at: 0x10)
        code.copy(.r2, to: .r4)
        code.move(.r4, by: 4)
        code.jump(to: "end", if: .r4, isBeyond: .r3)
        code.load(.port, from: .r2, at: 0)
        code.findNumber()
        code.jump(to: "end", ifNone: .r0)
        code.store(.port, to: .r0, at: 0)
        code.label("end")
        // A length of 0: the kernel goes on with what the program passed, however long that is.
        code.store(0, to: .context, at: 32)
        code.allow()
        return code.program(.setOption)
    }
}
