// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostRecords
import HostSystem
import Installer

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List what was done to a product on this host, the newest first.",
        discussion: "Refusals, which change nothing, are in the audit log only.")

    @Argument(help: "The product; needed when several are installed.") var name: String?
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        _ = try HostSession(verb: "history", console: console, exclusive: false)
        let product = try HistoryCommand.product(name)
        let entries = try History.list(HostLayout(product: product))
        if console.json {
            console.answer(json: ["operations": .array(entries.map(HistoryCommand.json))])
        } else {
            console.answer(Console.printable(entries.flatMap(HistoryCommand.lines).joined(separator: "\n")))
        }
    }

    /// What was removed has its history still.
    private static func product(_ name: String?) throws -> ReleaseName {
        if let name = name.flatMap({ ReleaseName($0) }),
            try FileSystem.exists(HostLayout(product: name).history)
        {
            return name
        }
        return try HostSession.product(name)
    }

    /// One for the operation, and one for each job that ran in it.
    private static func lines(_ entry: HistoryEntry) -> [String] {
        let jobs = (entry.record?.jobs ?? []).filter { $0.outcome != .begun }
        return [line(entry)]
            + jobs.map { job in
                let last = job.output.last.map { ": \($0)" } ?? ""
                let spent = job.milliseconds ?? 0
                return "      job \(job.name) (\(job.moment.rawValue)) \(job.outcome.rawValue), \(spent) ms\(last)"
            }
    }

    private static func json(_ job: JournalJob) -> JSONValue {
        [
            "name": .string(job.name), "at": .string(job.moment.rawValue), "outcome": .string(job.outcome.rawValue),
            "milliseconds": job.milliseconds.map { .integer($0) } ?? .null,
            "output": .array(job.output.map { .string($0) }),
        ]
    }

    private static func line(_ entry: HistoryEntry) -> String {
        let number = entry.number.map { "#\($0)" } ?? "open"
        guard let record = entry.record else { return "\(number)  \(entry.path): damaged" }
        let release = record.header.version.map { " \($0)" } ?? ""
        let outcome: String =
            switch record.outcome {
            case .done: "done"
            case .undone: "undone, the host as before"
            case .stuck: "stuck at \(record.begun.last ?? "its beginning")"
            case nil where record.begun.last == Step.ready.rawValue: "waits to be promoted"
            case nil: "has not ended, at \(record.begun.last ?? "its beginning")"
            }
        let user = record.header.loginUser.map { " by \(HistoryCommand.who($0))" } ?? ""
        let note = record.header.note.map { "\n        \($0)" } ?? ""
        let notes = record.notes.map { "\n        \(UTCTime($0.at))  \($0.words)" }.joined()
        let span = max(0, record.ended - record.header.started)
        return
            "\(number)  \(UTCTime(record.header.started))  \(record.header.verb)\(release)\(user)  \(outcome)  \(span) s\(note)\(notes)"
    }

    /// `uid 1000 (ops)`: the number is what was recorded, the name is today's.
    private static func who(_ user: UInt32) -> String {
        let name = (try? Accounts.read())?.account(user: user)?.name
        return "uid \(user)" + (name.map { " (\($0))" } ?? "")
    }

    private static func json(_ entry: HistoryEntry) -> JSONValue {
        guard let record = entry.record else { return ["path": .string(entry.path.text), "readable": false] }
        return [
            "number": entry.number.map { .integer(Int64($0)) } ?? .null, "verb": .string(record.header.verb),
            "version": record.header.version.map { .string($0.description) } ?? .null,
            "digest": record.header.digest.map { .string($0.hex) } ?? .null,
            "login_uid": record.header.loginUser.map { .integer(Int64($0)) } ?? .null,
            "note": record.header.note.map { .string($0) } ?? .null,
            "started": UTCTime.json(record.header.started), "ended": UTCTime.json(record.ended),
            "outcome": record.outcome.map { .string($0.rawValue) } ?? .null,
            "notes": .array(record.notes.map { ["at": UTCTime.json($0.at), "text": .string($0.words)] }),
            "steps": .array(record.begun.map { .string($0) }), "undone": .array(record.undone.map { .string($0) }),
            "jobs": .array(record.jobs.map(json)), "torn_bytes": .integer(Int64(record.tornBytes)), "readable": true,
        ]
    }
}
