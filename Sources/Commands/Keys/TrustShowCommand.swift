// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostSystem
import Trust

struct TrustShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a trust root: the newest of this host, or a file's.",
        discussion: "It shows what is there and believes nothing: who has signed it is for the host to judge.")

    @Argument(
        help: "N.json, or a directory of them; by default what this host believes, else the project's keys/trust.",
        completion: .file())
    var file: String?

    @OptionGroup var answers: OutputOptions

    func run() async throws {
        let console = answers.console
        let shown = try answer()
        console.json ? console.answer(json: shown.json) : console.answer(shown.text)
    }

    private func answer() throws -> TrustAnswer {
        guard let file else {
            guard let host = try HostTrust.load() else {
                let project = TrustDirectory(path: "keys/trust")
                guard let newest = try project.links().last else { throw KeyError.nothingAdopted }
                return try TrustShowCommand.answer(project.rootPath(newest.number))
            }
            return TrustAnswer(host.chain.newest, path: host.path.text, before: host.chain.roots.dropLast().last?.root)
        }
        let path = HostPath(file)
        guard try FileSystem.status(path)?.kind == .directory else { return try TrustShowCommand.answer(path) }
        guard let newest = try TrustDirectory(path: path).links().last else { throw KeyError.noRoots(path: path.text) }
        return try TrustShowCommand.answer(TrustDirectory(path: path).rootPath(newest.number))
    }

    private static func answer(_ path: HostPath) throws -> TrustAnswer {
        let shown = try TrustFile.read(path).vouched().newest
        let before = TrustDirectory(path: path.parent).rootPath(shown.root.number - 1)
        return TrustAnswer(
            shown, path: path.text,
            before: try FileSystem.exists(before) ? TrustFile.read(before).vouched().newest.root : nil)
    }
}
