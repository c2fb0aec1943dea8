// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import Installer

struct SecretSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Write a secret: no echo, root's alone, whole or not at all.",
        discussion:
            "It is asked for twice on a terminal, read from standard input elsewhere. One line feed at the end of a "
            + "single line is left out, for no editor asks whether it is wanted. It is never printed.")

    @Argument(help: "The product.") var name: String
    @Argument(help: "The secret's ID, as the release declares it.") var id: String
    @Option(help: ArgumentHelp("Read it from here.", valueName: "file"), completion: .file()) var fromFile: String?
    @Flag(help: "Keep every byte, a line feed at the end too.") var exact = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption

    func run() async throws {
        let console = output.console
        let session = try HostSession(verb: "secret set", console: console, exclusive: true, note: noting.note)
        let attempt = AuditedAttempt(
            verb: "secret set", medium: "secret \(id)", session: session, product: ReleaseName(name))
        try await attempt.record { _ in
            guard let product = ReleaseName(name) else { throw SecretError.badName(name) }
            let layout = HostLayout(product: product)
            let known = try KnownSecrets.read(layout)
            try known.demand(id)
            let input = try SecretInput(id: id, file: fromFile, exact: exact).read(console)
            try FileSystem.createDirectories(layout.site)
            try FileSystem.createDirectory(layout.secrets, permissions: 0o700, owner: .root)
            var bytes = input.secret.withBytes { Array($0) }
            defer { SecretBytes.wipe(&bytes) }
            try FileSystem.write(bytes, to: layout.secret(id), permissions: 0o600, owner: .root)
            if input.leftOutLineFeed { console.say("the line feed at its end was left out; --exact keeps it") }
            answer(product, known, console)
        }
    }

    private func answer(_ product: ReleaseName, _ known: KnownSecrets, _ console: Console) {
        let path = HostLayout(product: product).secret(id).text
        let readers = known.readers(of: id)
        if console.json {
            return console.answer(json: [
                "name": .string(product.text), "id": .string(id), "path": .string(path),
                "read_by": .array(readers.map { .string($0) }), "applied": false,
            ])
        }
        var text = "\(path) is written"
        if !known.areHere {
            text += "; no release of \(product) is on this host yet, so nothing says whether one reads it"
        } else if known.serving == nil {
            text += "; the next install gives it to those that read it"
        } else if readers.isEmpty {
            text += "; no service of what runs reads it"
        } else {
            text +=
                "\nread by \(readers.joined(separator: ", ")), with the old content until then: "
                + "bundle reconfigure \(product)"
        }
        console.answer(text)
    }
}

/// The secrets that releases on this host declare.
struct KnownSecrets {
    /// Of the release that serves; nil when none does.
    let serving: Manifest?
    /// IDs of every release here, staged or installed; nil when there is none.
    private let declared: Set<String>?

    /// Whether there is a release here that could declare any.
    var areHere: Bool { declared != nil }

    static func read(_ layout: HostLayout) throws -> KnownSecrets {
        let record = try StateStore(layout: layout).load()
        let directories =
            try StagedReleases(layout: layout).list().map(\.directory) + (record?.releases.map(\.directory) ?? [])
        let manifests = try directories.map { try manifest($0, layout) }
        let serving = try record?.active.map { try manifest($0.directory, layout) }
        return KnownSecrets(
            serving: serving, declared: manifests.isEmpty ? nil : Set(manifests.flatMap(\.secrets.keys)))
    }

    private static func manifest(_ directory: String, _ layout: HostLayout) throws -> Manifest {
        let path = layout.evidence(directory) / ManifestDocument.name
        return try ManifestDocument.decode(try FileSystem.readAll(path, limit: Limits.manifestBytes))
    }

    /// - Throws: `SecretError` for an ID that no release here knows; with no release here, for one that none could have.
    func demand(_ id: String) throws {
        guard Grammar.isIdentifier(id) else { throw SecretError.badID(id) }
        guard let declared, !declared.contains(id) else { return }
        throw SecretError.unknown(id, nearest: NearestName.of(id, among: declared), known: declared.sorted())
    }

    /// Services of the serving release that get it, by name.
    func readers(of id: String) -> [String] {
        (serving?.services ?? [:]).filter { $0.value.secrets.contains { $0.id == id } }.keys.sorted()
    }
}

/// Where the bytes of a secret come from.
struct SecretInput {
    let id: String
    let file: String?
    let exact: Bool
    /// What a credential may hold (systemd.exec(5), `LoadCredential=`).
    private static let limit = 1 << 20

    func read(_ console: Console) throws -> (secret: SecretBytes, leftOutLineFeed: Bool) {
        if file == nil, PasswordPrompt.isPossible {
            let first = try PasswordPrompt.ask("\(id)", console)
            guard !first.isEmpty else { throw SecretError.empty }
            guard first.equals(try PasswordPrompt.ask("the same again", console)) else { throw SecretError.differ }
            return (first, false)
        }
        var bytes = try FileSystem.readAll(HostPath(file ?? "/dev/stdin"), limit: SecretInput.limit, streams: true)
        defer { SecretBytes.wipe(&bytes) }
        let feed = SecretInput.straysFeed(bytes) && !exact
        if feed { bytes.removeLast(bytes.suffix(2) == [13, 10] ? 2 : 1) }
        guard !bytes.isEmpty else { throw SecretError.empty }
        return (try SecretBytes(wiping: &bytes), feed)
    }

    /// One line and its end: `echo` or an editor wrote it. Of several lines (PEM) the last one's end belongs to them.
    static func straysFeed(_ bytes: [UInt8]) -> Bool { bytes.firstIndex(of: 10) == bytes.count - 1 && !bytes.isEmpty }
}

enum SecretError: Error, Equatable {
    case badName(String)
    case badID(String)
    case unknown(String, nearest: String?, known: [String])
    case empty
    case differ
}
