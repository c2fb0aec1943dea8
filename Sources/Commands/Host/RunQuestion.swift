// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostRecords
import HostSystem

/// A question of a run in a unit, answered at the terminal that began it. A terminal that goes away answers no.
struct RunQuestion {
    let log: RunLog

    func ask(_ question: String) -> Bool {
        log.append(.question(question))
        while true {
            if let bytes = try? FileSystem.readAll(log.answer, limit: 64) { return bytes.first == UInt8(ascii: "y") }
            guard TransientRun.asker != nil else { return false }
            usleep(50_000)
        }
    }

    /// The other end: what a person types.
    static func answer(_ question: String, for log: HostPath) {
        var copy = question
        copy.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
        let said = ["y", "yes"].contains((readLine() ?? "").lowercased())
        let target = log.parent / "\(log.name).answer"
        try? FileSystem.write([UInt8(ascii: said ? "y" : "n")], to: target, permissions: 0o600)
    }
}
