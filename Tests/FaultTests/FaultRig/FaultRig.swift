// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem

/// The installer's verbs on a host that is a directory, each in a process of its own, for faults from outside. The files,
/// the bundles and everything that reads and writes them are real; systemd and the kernel's rules are fakes.
///
///     FaultRig prepare SCENARIO PLACE          makes the host, and keeps what may come of the verb
///     FaultRig act SCENARIO PLACE              the verb; faults strike here
///     FaultRig settle PLACE STATUS             recovers, judges, installs again; prints outcome and words
///     FaultRig calls PLACE LOG                 of what strace saw of `act`: the calls that change something, each by its
///                                              number among those of its name
///     FaultRig cuts PLACE LOG                  names of the power cuts of what strace saw, data included
///     FaultRig replay PLACE LOG                for each name on standard input, outcome and words
///     FaultRig mutate PLACE LOG [LABEL…]       leaves out one sync at a time: which power cut shows it
@main
struct FaultRig {
    static func main() {
        OneThread.run {
            do { try await run(Array(CommandLine.arguments.dropFirst())) } catch {
                LineOutput.write("\(error)", to: STDERR_FILENO)
                return RigVerb.status(of: error)
            }
            return 0
        }
    }

    private static func run(_ words: [String]) async throws {
        switch (words.first, words.count) {
        case ("prepare", 3): try await scenario(words[1]).prepare(HostPath(words[2]))
        case ("act", 3): try await scenario(words[1]).act(try RigHost(HostPath(words[2])))
        case ("settle", 3):
            let judge = try RigJudge(RigHost(HostPath(words[1])))
            let verdict = await judge.settle(status: Int32(words[2]), booting: false)
            print("\(verdict.outcome.rawValue)\t\(verdict.words)")
        case ("calls", 3):
            let log = try StraceLog(HostPath(words[2]))
            for call in try log.changes(below: HostPath(words[1])) {
                print("\(call.name)\t\(call.number)\t\(call.about)")
            }
        case ("cuts", 3): try await replay(words).list()
        case ("replay", 3): try await replay(words).answer()
        case ("mutate", 3...): try await replay(words).mutate { words.count == 3 || words.dropFirst(3).contains($0) }
        default: throw Usage.usage
        }
    }

    private static func replay(_ words: [String]) throws -> Replay {
        try Replay(RigHost(HostPath(words[1])), log: HostPath(words[2]))
    }

    private enum Usage: Error { case usage, noSuchScenario(known: [String]) }

    private static func scenario(_ name: String) throws -> RigScenario {
        guard let scenario = RigScenario(rawValue: name) else {
            throw Usage.noSuchScenario(known: RigScenario.allCases.map(\.rawValue))
        }
        return scenario
    }
}
