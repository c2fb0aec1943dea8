// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import Glibc
import HostSystem
import Trust

struct TrustAdoptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt", abstract: "Believe a trust root, or a single key, from now on.",
        discussion:
            "The fingerprint has to come from somewhere else than the file: read it out over a telephone. On the connected "
            + "side `bundle trust show N.json` prints that of a root, `bundle key show KEY.pub` that of a key. What follows "
            + "later rides in bundles, or comes by `bundle trust update`.")

    @Argument(help: "The trust root N.json, with its signatures beside it, or a public key.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("32 hexadecimal digits, or the eight words.", valueName: "fingerprint"))
    var fingerprint: String

    @Flag(help: "In place of what this host believes: for a day when too many root keys are lost or stolen.")
    var replace = false

    @Option(help: "Why; it is written to the audit log for ever.") var reason: String?

    @Flag(name: .long, help: "Accepted and not needed: the fingerprint is the question and the answer.")
    var yes = false

    @OptionGroup var answers: OutputOptions
    @OptionGroup var noting: NoteOption

    func validate() throws {
        guard replace == (reason?.isEmpty == false) else {
            throw ValidationError("--replace and --reason go together")
        }
    }

    func run() async throws {
        let console = answers.console
        let chain: TrustChain
        do { chain = try file.hasSuffix(".pub") ? key() : root() } catch {
            AuditedAttempt.refused("trust adopt", medium: file, by: error, note: noting.note)
            throw error
        }
        guard geteuid() == 0 else { throw KeyError.notRoot }
        let session = try HostSession(verb: "trust adopt", console: console, exclusive: false, note: noting.note)
        let newest = chain.newest
        let attempt = AuditedAttempt(
            verb: "trust adopt", medium: "\(file), root \(newest.root.number), \(newest.fingerprint)", session: session,
            overriding: reason.map { ("what was adopted first is believed", $0) })
        try await attempt.record { _ in try HostTrust.adopt(chain, replacing: replace) }
        let path = HostTrust.files.rootPath(newest.root.number)
        console.json
            ? console.answer(json: TrustAnswer(newest, path: path.text).json)
            : console.answer(
                "this host now believes trust root \(newest.root.number), fingerprint \(newest.fingerprint) (\(path))")
    }

    /// Root 1 of one key: its bytes follow from the key alone.
    private func key() throws -> TrustChain {
        guard let given = KeyFingerprint(typed: fingerprint) else { throw KeyError.badFingerprint(fingerprint) }
        let key = try KeyFiles.publicKey(HostPath(file))
        guard key.fingerprint == given else {
            throw KeyError.fingerprintDiffers(path: file, given: given.hex, found: key.fingerprint.hex)
        }
        return try TrustChain(adopting: key)
    }

    private func root() throws -> TrustChain {
        guard let given = RootFingerprint(typed: fingerprint) else { throw KeyError.badFingerprint(fingerprint) }
        let offered = try TrustFile.read(HostPath(file))
        if (try? MinisignPublicKey(file: offered.bytes)) != nil { return try key() }
        // Not a byte of it is decoded before a person has vouched for all of them.
        guard offered.fingerprint == given else {
            throw KeyError.fingerprintDiffers(path: file, given: given.hex, found: offered.fingerprint.hex)
        }
        let chain = try offered.vouched()
        do { try chain.checkOwnSignatures() } catch {
            throw KeyError.file(path: file, error)
        }
        return chain
    }
}
