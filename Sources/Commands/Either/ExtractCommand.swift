// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import HostSystem

struct ExtractCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract", abstract: "Write files of a release to a directory, after proving the whole bundle.",
        discussion: "Nothing that exists is written over. Images stay in their packs: `bundle install` loads them.")

    @Argument(help: "The bundle file.", completion: .file()) var bundle: String
    @Argument(help: "Files or directories of the release, like bin or docs/UPGRADE.md; all by default.")
    var paths: [String] = []
    @Option(
        name: [.customShort("C"), .long], help: "The directory to write to; it is made when missing.",
        completion: .directory)
    var directory: String
    @OptionGroup var trust: ReaderTrustOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let (head, _) = try trust.prove(bundle, console: console)
        let wanted = try paths.map { try ExtractCommand.path($0, head) }
        let isWanted = { (path: ReleasePath) in
            wanted.isEmpty || wanted.contains { path == $0 || path.text.hasPrefix($0.text + "/") }
        }
        // Before all of it is copied.
        try head.demandFiles(where: isWanted)
        let target = HostPath(directory)
        try FileSystem.createDirectories(target)
        // Beside its result, so that it needs no space on another file system.
        let scratch = try HeldScratch.create(in: target)
        defer { try? scratch.remove() }
        let progress = ProgressLine(console: console, what: "proving \(head.identity)")
        let staged = try head.stageBody(into: scratch.path) { progress.show($0, $1) }
        progress.end()
        let written = try await staged.writeTree(into: target, jobs: 2, where: isWanted)
        if console.json {
            let paths = head.files.entries.map(\.path) + head.manifest.symlinks.map(\.path)
            let written = paths.filter(isWanted).map { JSONValue.string($0.text) }
            console.answer(bytes: CanonicalJSON.write(["written": .array(written)]))
        } else {
            console.answer("\(written) files and links of \(head.identity) written to \(directory)")
        }
    }

    private static func path(_ text: String, _ head: ProvenHead) throws -> ReleasePath {
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let path = ReleasePath(trimmed),
            head.files.holdsAnything(atOrBelow: path)
                || head.manifest.symlinks.contains(where: { $0.path == path || $0.path.text.hasPrefix(path.text + "/") }
                )
        else { throw BundleError.noSuchMember(text) }
        return path
    }
}
