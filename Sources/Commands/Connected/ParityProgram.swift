// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

/// Debian's `par2`, confined: a parser of files that nobody has proven, in a language without walls.
struct ParityProgram {
    private static let name = "par2"
    /// It plans for this much, and may map eight times as much before it ends.
    private static let megabytes = 512
    private let program: HostPath
    private let runner: any CommandRunner

    /// - Throws: `CopyError.noParityProgram`.
    init(runner: any CommandRunner = SystemCommandRunner()) throws {
        guard let program = SystemCommandRunner.locate(Self.name) else { throw CopyError.noParityProgram }
        self.program = program
        self.runner = runner
    }

    /// Files `WHOLE.par2` and `WHOLE.volN+M.par2` in `scratch`, for the files of `directory`.
    /// - Throws: `CopyError.parityFailed`.
    func create(
        _ whole: String, of names: [String], in directory: HostPath, bytes: Int64, percent: Int, to scratch: HostPath
    ) async throws {
        let parity = bytes * Int64(percent) / 100
        // A block is what one bad sector costs; each costs a pass of the processor over everything.
        let blocks = max(2 * names.count, Int(min(500, bytes >> 12)), 20)
        let spare = max(1, (blocks * percent + 99) / 100)
        let files = min(spare, Int(parity >> 31) + 1)
        let result = try await run(
            ["create", "-b\(blocks)", "-c\(spare)", "-n\(files)", "-u"], directory,
            [scratch / ParityName.index(of: whole)] + names.map { directory / $0 }, writable: scratch,
            readable: [directory], bytes: bytes)
        guard result.status == 0 else { throw CopyError.parityFailed(Self.said(result)) }
    }

    /// Tries to mend the files of a directory that nobody else has. What it says of it is for people: nothing is believed.
    /// - Returns: nil when it says that all is well, else its own words.
    func repair(_ whole: String, in scratch: HostPath, bytes: Int64) async throws -> String? {
        let result = try await run(
            ["repair", "-p"], scratch, [scratch / ParityName.index(of: whole)], writable: scratch, readable: [],
            bytes: bytes)
        return result.status == 0 ? nil : Self.said(result)
    }

    private func run(
        _ verb: [String], _ base: HostPath, _ files: [HostPath], writable: HostPath, readable: [HostPath], bytes: Int64
    ) async throws -> CommandResult {
        let seconds = 1200 + Int(bytes >> 18)
        let tool = ConfinedTool(
            program,
            verb + ["-q", "-m\(Self.megabytes)", "-B\(base.text)", "--"] + files.map(\.text),
            writable: writable, readable: readable, memoryBytes: 8 * Self.megabytes << 20,
            // No file that it makes is larger than all that there is.
            fileBytes: Int(bytes) + 16 << 20, processorSeconds: 4 * seconds)
        let result: CommandResult
        do {
            result = try await runner.run(tool.command(timeoutSeconds: seconds))
        } catch CommandError.timedOut {
            throw CommandError.timedOut(program: Self.name, seconds: seconds)
        }
        guard result.status != ConfinedTool.notConfined else { throw CopyError.notConfined(result.errorText) }
        return result
    }

    /// Its last lines: the ones before are about its own files.
    private static func said(_ result: CommandResult) -> String {
        let lines = (result.outputText + result.errorText).split(separator: "\n").suffix(3)
        return "status \(result.status)" + (lines.isEmpty ? "" : ", \(lines.joined(separator: " "))")
    }
}
