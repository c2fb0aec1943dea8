// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// Writes the few instructions (linux/bpf.h, RFC 9669) that our socket programs are made of. Jumps go forward to labels, so
/// every program ends.
struct SocketAssembler {
    enum Register: UInt64 {
        /// What a helper gives back, and the verdict.
        case r0 = 0
        case r1, r2, r3, r4, r5
        /// Kept over calls: the context.
        case context = 6
        /// Kept over calls: the port, in network order.
        case port
        /// The stack; its room is below.
        case frame = 10
    }

    private var code: [UInt64] = []
    private var labels: [String: Int] = [:]
    private var jumps: [(place: Int, label: String)] = []
    private var shares: [Int] = []

    private mutating func add(
        _ operation: UInt64, _ target: Register = .r0, _ source: UInt64 = 0, offset: Int16 = 0, number: UInt32 = 0
    ) {
        let registers = target.rawValue << 8 | source << 12
        code.append(operation | registers | UInt64(UInt16(bitPattern: offset)) << 16 | UInt64(number) << 32)
    }

    /// Four bytes of what `source` points to.
    mutating func load(_ target: Register, from source: Register, at offset: Int16) {
        add(0x61, target, source.rawValue, offset: offset)
    }

    /// A pointer.
    mutating func loadPointer(_ target: Register, from source: Register, at offset: Int16) {
        add(0x79, target, source.rawValue, offset: offset)
    }

    mutating func store(_ source: Register, to target: Register, at offset: Int16) {
        add(0x63, target, source.rawValue, offset: offset)
    }

    /// Through a register, because older kernels refuse to write a constant to a context.
    mutating func store(_ number: UInt32, to target: Register, at offset: Int16) {
        set(.r3, number)
        store(.r3, to: target, at: offset)
    }

    mutating func set(_ target: Register, _ number: UInt32) { add(0xb4, target, number: number) }
    mutating func copy(_ source: Register, to target: Register) { add(0xbf, target, source.rawValue) }
    mutating func move(_ target: Register, by bytes: Int32) { add(0x07, target, number: UInt32(bitPattern: bytes)) }

    mutating func jump(to label: String) { jump(0x05, .r0, 0, label) }
    /// Comparisons of 32 bits, so that no number is extended by its sign (Linux 5.1).
    mutating func jump(to label: String, if register: Register, is number: UInt32) {
        jump(0x16, register, number, label)
    }
    mutating func jump(to label: String, if register: Register, isNot number: UInt32) {
        jump(0x56, register, number, label)
    }
    /// A pointer that a helper gives may be none, and the kernel wants that asked.
    mutating func jump(to label: String, ifNone register: Register) { jump(0x15, register, 0, label) }
    mutating func jump(to label: String, if register: Register, isBeyond end: Register) {
        jumps.append((code.count, label))
        add(0x2d, register, end.rawValue)
    }

    private mutating func jump(_ operation: UInt64, _ register: Register, _ number: UInt32, _ label: String) {
        jumps.append((code.count, label))
        add(operation, register, number: number)
    }

    mutating func label(_ name: String) { labels[name] = code.count }

    /// Puts the address of the shared number into r0 (bpf-helpers(7), bpf_map_lookup_elem); r1 to r4 are lost.
    mutating func findNumber() {
        set(.r2, 0)
        store(.r2, to: .frame, at: -4)
        copy(.frame, to: .r2)
        move(.r2, by: -4)
        shares.append(code.count)
        // BPF_PSEUDO_MAP_FD; the descriptor is put in when the program is loaded.
        add(0x18, .r1, 1)
        add(0)
        add(0x85, number: 1)
    }

    /// Marks the socket of the call (bpf-helpers(7), bpf_setsockopt; Linux 5.8 for connect); r0 to r5 are lost.
    mutating func mark(_ mark: UInt32) {
        set(.r2, mark)
        store(.r2, to: .frame, at: -4)
        copy(.context, to: .r1)
        // SOL_SOCKET, SO_MARK.
        set(.r2, 1)
        set(.r3, 36)
        copy(.frame, to: .r4)
        move(.r4, by: -4)
        set(.r5, 4)
        add(0x85, number: 49)
    }

    /// The end of every path: the call goes on, with the address as it is then.
    mutating func allow() {
        set(.r0, 1)
        add(0x95)
    }

    func program(_ hook: SocketProgram.Hook) -> SocketProgram {
        var code = code
        for (place, label) in jumps {
            let distance = Int16((labels[label] ?? place + 1) - place - 1)
            code[place] |= UInt64(UInt16(bitPattern: distance)) << 16
        }
        return SocketProgram(hook: hook, instructions: code, shares: shares)
    }
}
