// SPDX-License-Identifier: Apache-2.0
import Confinement
import Glibc
import HostSystem

/// The tests' own child: the product's, with layers to choose, things to try and lies to tell.
enum Probe {
    static let program: HostPath = {
        let own = HostPath((try? FileSystem.readLink("/proc/self/exe")) ?? "")
        let besides = own.parent / "ConfinementProbe"
        return FileSystem.isExecutable(besides) ? besides : ".build/debug/ConfinementProbe"
    }()

    static func child(_ layers: String = "all") throws -> ConfinedChild {
        try ConfinedChild(program: program, arguments: ["probe", "serve", layers], demanding: [])
    }

    static func liar(_ kind: String) throws -> ConfinedChild {
        // The others get the time that a machine at work needs.
        let isSilent = ["mute", "hangs"].contains(kind)
        return try ConfinedChild(
            program: program, arguments: ["probe", "lie", kind], silenceSeconds: isSilent ? 1 : 30)
    }

    /// What came of an attempt: `did`, an errno(3), `signal N`, or why it could not be made.
    static func attempt(_ layers: String, _ act: String, _ argument: String = "") throws -> String {
        let process = try ConfinedProcess.start(program, ["probe", "try", layers, act, argument])
        var said: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 4096)
        while true {
            let step = try room.withUnsafeMutableBytes { try process.exchange(.init(start: nil, count: 0), into: $0) }
            guard case .received(let count) = step else { break }
            said += room[..<count]
        }
        if case .signal(let signal) = process.ending() { return "signal \(signal)" }
        return String(decoding: said, as: UTF8.self)
    }

    static let isRoot = geteuid() == 0
    /// The kernel's landlock(7), where it has it.
    static let hasLandlock = (try? attempt("landlock", "open", "/nowhere").hasPrefix("lacks")) == false
}
