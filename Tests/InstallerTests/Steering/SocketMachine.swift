// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Testing

/// Runs a socket program as the kernel would (RFC 9669): the few instructions that ours use, over one call's context.
struct SocketMachine {
    enum Fault: Error {
        case unknownInstruction(UInt64)
        case ranAway
        case badMemory(UInt64)
    }

    /// What a pointer is here: the region in the upper half, an offset in the lower.
    private enum Region: UInt64 {
        case context = 1
        case stack, number, option
    }

    var context: [UInt8]
    var number: UInt32
    var option: [UInt8] = []
    /// SO_MARK of the socket.
    private(set) var mark: UInt32 = 0
    private var stack = [UInt8](repeating: 0, count: 512)

    init(context: [UInt8], number: UInt32 = 0, option: [UInt8] = []) {
        self.context = context
        self.number = number
        self.option = option
    }

    /// - Returns: the verdict, r0.
    mutating func run(_ program: SocketProgram) throws -> UInt64 {
        var registers = [UInt64](repeating: 0, count: 11)
        registers[1] = Region.context.rawValue << 32
        registers[10] = Region.stack.rawValue << 32 | UInt64(stack.count)
        var place = 0
        for _ in 0..<1000 {
            let code = program.instructions[place]
            let target = Int(code >> 8 & 0xf)
            let source = Int(code >> 12 & 0xf)
            let offset = Int(Int16(truncatingIfNeeded: code >> 16))
            let constant = UInt32(truncatingIfNeeded: code >> 32)
            let wide = UInt64(bitPattern: Int64(Int32(bitPattern: constant)))
            place += 1
            switch code & 0xff {
            case 0x61: registers[target] = UInt64(try read(registers[source], offset))
            case 0x79: registers[target] = pointer(at: offset)
            case 0x63: try write(UInt32(truncatingIfNeeded: registers[source]), registers[target], offset)
            case 0xb4: registers[target] = UInt64(constant)
            case 0xbf: registers[target] = registers[source]
            case 0x07: registers[target] &+= wide
            case 0x05: place += offset
            case 0x15: if registers[target] == wide { place += offset }
            case 0x16: if UInt32(truncatingIfNeeded: registers[target]) == constant { place += offset }
            case 0x56: if UInt32(truncatingIfNeeded: registers[target]) != constant { place += offset }
            case 0x2d: if registers[target] > registers[source] { place += offset }
            case 0x18: place += 1
            case 0x85 where constant == 1: registers[0] = Region.number.rawValue << 32
            case 0x85 where constant == 49:
                #expect(registers[2] == 1 && registers[3] == 36 && registers[5] == 4)
                mark = try read(registers[4], 0)
            case 0x95: return registers[0]
            default: throw Fault.unknownInstruction(code)
            }
        }
        throw Fault.ranAway
    }

    /// struct bpf_sockopt has two pointers: the value and its end.
    private func pointer(at offset: Int) -> UInt64 {
        Region.option.rawValue << 32 | UInt64(offset == 8 ? 0 : option.count)
    }

    private func read(_ pointer: UInt64, _ offset: Int) throws -> UInt32 {
        let start = Int(UInt32(truncatingIfNeeded: pointer)) + offset
        let bytes: [UInt8]
        switch Region(rawValue: pointer >> 32) {
        case .context: bytes = context
        case .stack: bytes = stack
        case .option: bytes = option
        case .number: return number
        case nil: throw Fault.badMemory(pointer)
        }
        guard start >= 0, start + 4 <= bytes.count else { throw Fault.badMemory(pointer) }
        return bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private mutating func write(_ word: UInt32, _ pointer: UInt64, _ offset: Int) throws {
        let start = Int(UInt32(truncatingIfNeeded: pointer)) + offset
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        switch Region(rawValue: pointer >> 32) {
        case .context where start >= 0 && start + 4 <= context.count:
            context.replaceSubrange(start..<start + 4, with: bytes)
        case .stack where start >= 0 && start + 4 <= stack.count: stack.replaceSubrange(start..<start + 4, with: bytes)
        case .number: number = word
        default: throw Fault.badMemory(pointer)
        }
    }
}
