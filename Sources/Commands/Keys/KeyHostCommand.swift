// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import Glibc
import HostSystem
import Reporting
import Trust

struct KeyHostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "host", abstract: "Make this host's own key, by which it signs its receipts.",
        discussion:
            "It is made once; then this shows its public half. Read the words out to whoever makes the trust root: "
            + "the key goes there into role `host`. Receipts begin with it.")

    @Flag(help: "Make another one. The former's receipts stay good as long as the trust root has its key.")
    var replace = false
    @OptionGroup var answers: OutputOptions
    @OptionGroup var noting: NoteOption

    func run() async throws {
        let console = answers.console
        guard geteuid() == 0 else { throw KeyError.notRoot }
        let hostKey = HostKey()
        if !replace, let there = try hostKey.load() {
            try hostKey.writePublic(there)
            return answer(there.publicKey, hostKey, isNew: false, console)
        }
        let session = try HostSession(verb: "key host", console: console, exclusive: true, note: noting.note)
        let attempt = AuditedAttempt(verb: "key host", medium: hostKey.secret.text, session: session)
        var made: MinisignPublicKey?
        try await attempt.record { attempt in
            var former: SigningKey?
            var isDamaged = false
            if replace {
                do { former = try hostKey.load() } catch {
                    isDamaged = true
                    console.warn(
                        "\(Explanation.orPlain(error).message); it signs nothing any more, its receipts go on")
                    attempt.detail = "the former key could not be read"
                }
            }
            let key = try hostKey.make(replacing: former, damaged: isDamaged) { next in
                guard let former else { return }
                // The last word of the former one: who comes after it.
                var draft = ReceiptBook.Draft(verb: Receipt.successorVerb, outcome: .good, subject: .host)
                draft.detail = Receipt.successor(next.publicKey.fingerprint)
                draft.note = session.note
                HostReceipts(session).give(draft, by: former)
            }
            attempt.keys = [key.publicKey.fingerprint.hex]
            made = key.publicKey
        }
        if let made { answer(made, hostKey, isNew: true, console) }
    }

    private func answer(_ key: MinisignPublicKey, _ place: HostKey, isNew: Bool, _ console: Console) {
        KeyAnswer(key: key, path: place.open.text).give(console)
        console.say(
            isNew
                ? "carry \(place.open) to where the trust root is made, and compare the words there: it goes into role host"
                : "this host had its key already; --replace makes another one")
    }
}
