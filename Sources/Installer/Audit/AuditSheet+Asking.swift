// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Reporting

/// What could not be looked at is never called good: a host is not clean because its service manager kept silent.
extension AuditSheet {
    /// - Returns: what the program said; nil where it gave no answer, which is a finding then, once for each program.
    func ask(_ command: Command, by runner: any CommandRunner, for area: AuditFinding.Area) async -> String? {
        let program = command.argv.prefix(2).joined(separator: " ")
        do {
            let result = try await runner.run(command)
            guard result.status != 0 else { return result.outputText }
            let words = result.errorText.split(separator: "\n").first.map { ": \($0)" } ?? ""
            unanswered(area, program, "it ended with \(result.status)\(words)")
        } catch {
            unanswered(area, program, "it could not be started, or did not end in time")
        }
        return nil
    }

    func unanswered(_ area: AuditFinding.Area, _ program: String, _ found: String) {
        guard !names(program) else { return }
        drift(
            area, .unanswered, at: program, expected: "an answer", found: found,
            remedy: "find out why, then audit again: what it would have told was not compared")
    }
}
