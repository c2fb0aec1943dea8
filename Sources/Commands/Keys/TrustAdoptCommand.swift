// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import HostSystem
import Trust

struct TrustAdoptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt", abstract: "Believe a key from now on: it becomes this host's first trust root.",
        discussion:
            "The fingerprint has to come from somewhere else than the key: read it out over a telephone. `bundle "
            + "key show KEY.pub` prints it on the connected side.")

    @Argument(help: "The public key's file.", completion: .file()) var file: String

    @Option(help: ArgumentHelp("32 hexadecimal digits, or the eight words.", valueName: "fingerprint"))
    var fingerprint: String

    @Option(help: ArgumentHelp("Whose key it is, for people.", valueName: "text")) var name: String?

    @Flag(name: .long, help: "Accepted and not needed: the fingerprint is the question and the answer.")
    var yes = false

    @OptionGroup var answers: OutputOptions
    @OptionGroup var noting: NoteOption

    func run() async throws {
        let console = answers.console
        guard !file.hasSuffix(".json") else { throw KeyError.notBuiltYet("adopting a trust root file") }
        guard let given = KeyFingerprint(typed: fingerprint) else { throw KeyError.badFingerprint(fingerprint) }
        let key = try KeyFiles.publicKey(HostPath(file))
        guard key.fingerprint == given else {
            throw KeyError.fingerprintDiffers(path: file, given: given, found: key.fingerprint)
        }
        guard geteuid() == 0 else { throw KeyError.notRoot }
        let session = try HostSession(verb: "trust adopt", console: console, exclusive: false, note: noting.note)
        let attempt = AuditedAttempt(
            verb: "trust adopt", medium: "\(file), key \(key.fingerprint)", session: session)
        try await attempt.record { _ in
            try HostTrust.adopt(TrustRoot(adopting: key, name: name).encode())
        }
        console.json
            ? KeyAnswer(key: key, path: HostTrust.path(1).text).give(console)
            : console.answer("this host now believes key \(key.fingerprint) (\(HostTrust.path(1).text))")
    }
}
