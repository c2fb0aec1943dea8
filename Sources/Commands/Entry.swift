// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import Compression
import Confinement
import Glibc
import HostRecords
import HostSystem

/// The program: parses, runs one verb, says how it ended. Everything that is printed about a failure is printed here.
package enum Entry {
    /// This process as a child that decodes or renders (trust §11).
    /// - Returns: its exit status; nil when it is to be the program itself.
    package static func confined(_ arguments: [String]) -> Int32? {
        if arguments.first == ConfinedTool.word { return becomeTool(arguments) }
        guard arguments == [ConfinedWorker.word] else { return nil }
        LargeBlocks.returnWhenFreed()
        OwnMemory.forbidCoreDumps()
        return ConfinedWorker.serve()
    }

    private static func becomeTool(_ arguments: [String]) -> Int32 {
        do {
            try ConfinedTool(arguments)?.become()
        } catch {
            Console().say("\(error.call): \(String(cString: strerror(error.code)))")
        }
        return Int32(ConfinedTool.notConfined)
    }

    /// `run`, with what a stranger's bytes could break in children of this same program.
    package static func runConfining(_ arguments: [String]) async -> Int32 {
        ProcessDecoder.use(ConfinedDecoder())
        ProcessRenderer.use(ConfinedRenderer())
        defer {
            ProcessDecoder.current.rest()
            ProcessRenderer.current.rest()
        }
        return await run(arguments)
    }

    /// - Parameter arguments: without the program's own name.
    /// - Returns: the exit status, documented in docs/cli.md §2.
    package static func run(_ arguments: [String]) async -> Int32 {
        LargeBlocks.returnWhenFreed()
        // Whatever the verb, a secret may come by: a password, a key, what a site puts into its config files (trust §2.5).
        OwnMemory.forbidCoreDumps()
        let status = await perform(arguments)
        // Those who follow a run in its unit end as it ends; the recovery behind it says that all is over.
        if let log = TransientRun.log { log.append(TransientRun.isBehindRun ? .closed : .ended(status)) }
        return status
    }

    private static func perform(_ arguments: [String]) async -> Int32 {
        let console = Console(json: arguments.contains("--json"))
        var command: any ParsableCommand
        do {
            command = try RootCommand.parseAsRoot(arguments)
        } catch {
            return usage(error, arguments, console)
        }
        do {
            if var verb = command as? any AsyncParsableCommand {
                try await verb.run()
            } else {
                try command.run()
            }
            return ExitStatus.done.rawValue
        } catch let exit as ExitCode {
            return exit.rawValue
        } catch let run as RunEnded {
            return run.status
        } catch let status as ExitStatus {
            // The verb has said all there is to say.
            return status.rawValue
        } catch {
            guard let explanation = Explanation.of(error) else { return usage(error, arguments, console) }
            console.fail(explanation)
            return explanation.status.rawValue
        }
    }

    /// What ArgumentParser has to say: help on stdout with 0, a mistake on stderr with 64.
    private static func usage(_ error: any Error, _ arguments: [String], _ console: Console) -> Int32 {
        let code = RootCommand.exitCode(for: error).rawValue
        let text = RootCommand.fullMessage(for: error)
        if code == 0 {
            console.answer(text)
        } else {
            console.say(text.hasPrefix("Error: ") ? "bundle: error: " + text.dropFirst(7) : text)
            if let verb = nearestVerb(to: arguments) { console.say("bundle: hint: did you mean bundle \(verb)?") }
        }
        return code
    }

    /// The verb that a misspelt one probably meant; ArgumentParser knows near options only.
    private static func nearestVerb(to arguments: [String]) -> String? {
        guard let word = arguments.first, !word.hasPrefix("-") else { return nil }
        let shown = RootCommand.configuration.groupedSubcommands.flatMap { $0.subcommands }
            .map { $0.configuration }.filter { $0.shouldDisplay }
        let verbs = shown.compactMap { $0.commandName }
        return verbs.contains(word) ? nil : NearestName.of(word, among: verbs)
    }
}
