// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import ArgumentParser
import BundleFormat
import Glibc
import HostSystem

struct KeyIdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity", abstract: "Make what opens encrypted bundles: an age identity, and its recipient.",
        discussion: "The identity stays on this machine; the recipient, `age1…`, is for `bundle create --encrypt-to`. "
            + "age reads the file. It is made once: where this machine or user has one, its recipient is shown. With -o a "
            + "file that exists is refused.")

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The identity's file; by default /etc/bundle/keys/identity.txt for root on a host, which has /etc/bundle, "
                + "else ~/.config/bundle/keys/identity.txt.",
            valueName: "file"), completion: .file())
    var output: String?
    @OptionGroup var answers: OutputOptions

    func run() async throws {
        let console = answers.console
        let path = try place()
        if output == nil, try FileSystem.exists(path) {
            IdentityAnswer(recipients: try IdentityFiles.read(path).map(\.recipient), path: path).give(console)
            return console.say("it was here already, and stays")
        }
        let identity = try AgeIdentity.generate()
        if output == nil { try createDirectory(path.parent) }
        if path == IdentityFiles.host {
            // What opens bundles on this host is the host's: who made it, and for whom to encrypt, is in its log.
            let session = try HostSession(verb: "key identity", console: console, exclusive: false)
            let attempt = AuditedAttempt(verb: "key identity", medium: identity.recipient.text, session: session)
            try await attempt.record { _ in try KeyFiles.writeNew(identity.file(), to: path) }
        } else {
            try KeyFiles.writeNew(identity.file(), to: path)
        }
        IdentityAnswer(recipients: [identity.recipient], path: path).give(console)
        if output == nil, path != IdentityFiles.host, geteuid() == 0 {
            console.say(
                "this machine has no /etc/bundle, so this is no host's; on one: `bundle key identity` after "
                    + "`bundle trust adopt`")
        }
    }

    /// /etc/bundle itself is for everybody: what the host believes is no secret.
    private func createDirectory(_ directory: HostPath) throws {
        if directory == IdentityFiles.host.parent { try FileSystem.createDirectories(directory.parent) }
        try FileSystem.createDirectories(directory, permissions: 0o700)
    }

    private func place() throws -> HostPath {
        if let output { return HostPath(output) }
        return try KeyIdentityCommand.usualPlace(
            isRoot: geteuid() == 0, host: IdentityFiles.host, user: KeyFiles.userDirectory)
    }

    /// Whoever builds as root on another machine makes an identity of their own, and no host of it.
    /// - Parameter host: where a host has it: below `/etc/bundle/keys`.
    static func usualPlace(isRoot: Bool, host: HostPath, user: HostPath?) throws -> HostPath {
        if isRoot, try FileSystem.exists(host.parent.parent) { return host }
        guard let user else { throw KeyError.badKeyPath(path: "~/.config/bundle/keys") }
        return user / "identity.txt"
    }
}

/// What is said of an identity: its public half, and never the other.
struct IdentityAnswer {
    let recipients: [AgeRecipient]
    let path: HostPath

    func give(_ console: Console) {
        guard console.json else {
            return console.answer(
                (["identity   \(path)"] + recipients.map { "recipient  \($0.text)" }).joined(separator: "\n"))
        }
        console.answer(
            json: ["file": .string(path.text), "recipients": .array(recipients.map { .string($0.text) })])
    }
}
