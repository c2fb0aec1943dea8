// SPDX-License-Identifier: Apache-2.0
import HostSystem

@testable import EngineFakes

/// Boots the host from what power cuts left of a recorded verb, and judges what comes up.
struct Replay {
    let host: RigHost
    private let disk: RecordedDisk
    private let judge: RigJudge

    /// - Parameter log: what strace saw of the verb, data included.
    init(_ host: RigHost, log: HostPath) throws {
        self.host = host
        let start = try host.moment("start")
        disk = try DiskRecorder(StraceLog(log), from: start.tree, root: host.engine.root).disk
        judge = try RigJudge(host)
    }

    /// Names of all power cuts, one a line.
    func list() async {
        await PowerCuts(disk).forEach { cut in
            print(cut.name)
            return true
        }
    }

    /// Answers each name on standard input with its outcome and words.
    func answer() async throws {
        var cuts: [String: PowerCuts.Cut] = [:]
        await PowerCuts(disk).forEach { cut in
            cuts[cut.name] = cut
            return true
        }
        while let name = readLine() {
            guard let cut = cuts[name] else { throw Unknown(name: name) }
            let verdict = try await settle(cut)
            LineOutput.write("\(verdict.outcome.rawValue)\t\(verdict.words)")
        }
    }

    struct Unknown: Error { let name: String }

    /// Leaves out all syncs of one label, in turn, until a power cut is found that does harm. Only those are tried that the
    /// sync would have ruled out.
    func mutate(_ wanted: (String) -> Bool) async throws {
        let whole = PowerCuts(disk)
        var known: Set<[Int]> = []
        await whole.forEach { cut in
            known.insert(cut.isBehind ? [-1] + cut.key : cut.key)
            return true
        }
        for label in whole.syncs where wanted(label) {
            var tried = 0
            var caught: String?
            try await PowerCuts(disk, omitting: label).forEach([.strict, .ext4]) { cut in
                guard !known.contains(cut.isBehind ? [-1] + cut.key : cut.key) else { return true }
                tried += 1
                let verdict = try await settle(cut)
                if verdict.outcome == .mixed || verdict.outcome == .person { caught = cut.name }
                return caught == nil
            }
            LineOutput.write("\(label)\t\(caught.map { "caught by \($0)" } ?? "not caught by \(tried)")")
        }
    }

    private func settle(_ cut: PowerCuts.Cut) async throws -> RigJudge.Verdict {
        var moment = try host.moment("start")
        moment.tree = disk.tree(cut.changes)
        try host.engine.restore(moment)
        return await judge.settle(status: cut.isBehind ? 0 : nil, booting: true)
    }
}
