// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleSpecs
import Bundler
import HostSystem

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Draft a spec from a directory, and say what was recognised.",
        discussion: "It never replaces a file. What only the author knows stands in the draft as TODO.")

    @Argument(help: "The directory.", completion: .directory) var directory = "."
    @Flag(help: "Print the draft on stdout and write nothing.") var dryRun = false
    @OptionGroup var answer: OutputOptions

    func run() throws {
        let console = answer.console
        let root = HostPath(directory)
        guard try FileSystem.status(root)?.kind == .directory else { throw InitError.notADirectory(root.text) }
        let spec = root / "bundle.yaml"
        if !dryRun, try FileSystem.exists(spec) { throw InitError.exists(spec.text) }
        let name = try FileSystem.resolve(root).name
        let arch = HostFacts.gather().architecture ?? .amd64
        let draft = SpecDraft(directory: name, arch: arch, entries: try DraftSurvey.entries(of: root))
        if !dryRun {
            // O_EXCL: a spec that appeared meanwhile is not replaced either.
            let file = try HostFile.open(spec, .create(permissions: 0o644))
            try Array(draft.text.utf8).withUnsafeBytes { try file.write($0) }
        }
        if console.json {
            console.answer(json: [
                "path": dryRun ? .null : .string(spec.text), "spec": .string(draft.text),
                "recognised": .array(draft.recognised.map { .string($0.words) }),
            ])
        } else if dryRun {
            console.answer(Console.printable(draft.text))
        }
        for recognised in draft.recognised { console.say(Console.printable("  \(recognised.words)")) }
        if draft.recognised.isEmpty { console.say("nothing was recognised: build first, or write the spec by hand") }
        if !dryRun { console.say("\(spec): answer every TODO, then run `bundle lint`") }
    }
}

enum InitError: Error, Equatable {
    case exists(String)
    case notADirectory(String)
}

extension InitError: Explained {
    var explanation: Explanation {
        switch self {
        case .exists(let path):
            Explanation(
                "\(path) is there already", hint: "`bundle lint` checks it; `bundle init --dry-run` shows a draft")
        case .notADirectory(let path): Explanation("\(path) is not a directory", status: .usage)
        }
    }
}

extension SpecDraft.Recognised {
    var words: String {
        switch self {
        case .program(let path, let service): "\(path): a program, run as service \(service)"
        case .image(let path, let service): "\(path): a container image, run as service \(service)"
        case .site(let path): "\(path): a static site, carried as files"
        case .template(let path, let config): "\(path): a config template, rendered as \(config)"
        case .values(let path): "\(path): defaults of the values"
        case .schema(let path): "\(path): the values' schema"
        case .upgradeNotes(let path): "\(path): upgrade notes"
        case .changelog(let path): "\(path): the changelog"
        }
    }
}
