// SPDX-License-Identifier: Apache-2.0
import Confinement
import Glibc
import HostSystem

/// What a bug in a decoder could try, and children that misbehave; the tests' own, and in nothing that ships.
///
///     ConfinementProbe serve LAYERS          the product's own child, with these layers (`-` is none, `all` all)
///     ConfinementProbe try LAYERS ACT [ARG]  confines itself, tries one thing; prints `did`, or errno(3)
///     ConfinementProbe lie KIND              a child that says what it must not
///     ConfinementProbe bench FORM UNPACKED FILE TIMES
@main
struct Main {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "serve": exit(ConfinedWorker.serve(layers(arguments[1])))
        case "try": exit(attempt(arguments))
        case "lie": exit(Liar(arguments[1]).run())
        case "bench": exit(DecodeBench(arguments).run())
        case "whoami": print(geteuid())
        default: exit(64)
        }
    }

    private static func layers(_ text: String) -> ConfinementLayers {
        guard text != "all" else { return .all }
        return text.split(separator: ",").reduce(into: []) { layers, name in
            if let layer = ConfinementLayers(name: String(name)) { layers.insert(layer) }
        }
    }

    private static func attempt(_ arguments: [String]) -> Int32 {
        let streams = StandardStreams()
        do {
            let standing = try Confinement.enter(layers(arguments[1]))
            let wanted = layers(arguments[1])
            guard wanted == .all || standing == wanted else {
                try streams.write(Array("lacks \(wanted.subtracting(standing).names)".utf8))
                return 2
            }
        } catch {
            try? streams.write(Array("unconfined \(error)".utf8))
            return 3
        }
        let code = Attempt(name: arguments[2], argument: arguments.count > 3 ? arguments[3] : "").run()
        try? streams.write(Array((code == 0 ? "did" : "\(code)").utf8))
        return 0
    }
}
