// SPDX-License-Identifier: Apache-2.0
import Confinement
import Glibc
import HostSystem

/// A child that an attacker has taken over, as far as its parent can see.
struct Liar {
    private let kind: String
    private let streams = StandardStreams()

    init(_ kind: String) { self.kind = kind }

    func run() -> Int32 {
        do { return try lie() } catch { return 1 }
    }

    private func lie() throws -> Int32 {
        if kind == "mute" { while true { sleep(60) } }
        if kind == "exits" { return 7 }
        // As `Greeting` is laid out; the layers are all, or none.
        let layers: [UInt8] = kind == "naked" ? [0, 0, 0, 0] : [0xff, 0x03, 0, 0]
        try streams.write([0x62, 0x6e, 0x64, 0x6c] + layers + [UInt8](repeating: 0, count: 24))
        guard let assignment = try streams.read(exactly: 24) else { return 0 }
        let declared = Array(assignment[16..<24])
        switch kind {
        case "too-long": try streams.write([0xff, 0xff, 0xff, 0x7f])
        case "one-too-many": try streams.write([UInt8](repeating: 0xff, count: 4 << 10))
        case "no-verdict": try streams.write([0, 0, 0, 0] + [UInt8](repeating: 0xee, count: 24))
        case "done-early": try streams.write([0, 0, 0, 0] + [UInt8](repeating: 0, count: 24))
        case "talks-on": try streams.write([0, 0, 0, 0, 2] + [UInt8](repeating: 0, count: 63))
        case "hangs": while true { sleep(60) }
        case "wrong-bytes":
            try streams.write(Array(declared[..<4]))
            let count = declared.reversed().reduce(0) { $0 << 8 | Int($1) }
            try streams.write([UInt8](repeating: 0x41, count: count))
            var left = assignment[8..<16].reversed().reduce(0) { $0 << 8 | Int($1) }
            while left > 0, let more = try streams.read(exactly: min(left, 4096)) { left -= more.count }
            try streams.write([0, 0, 0, 0] + [UInt8](repeating: 0, count: 24))
            while try streams.read(exactly: 1) != nil {}
        case "sigsys": kill(getpid(), SIGSYS)
        default: return 64
        }
        return 0
    }
}
