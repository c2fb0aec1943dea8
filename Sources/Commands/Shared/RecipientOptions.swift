// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import ArgumentParser
import HostSystem

/// For whom a bundle is encrypted on its journey (trust §10).
struct RecipientOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Encrypt it for this age recipient, `age1…`, or for all of a file with one a line; may be given again.",
            valueName: "recipient|file"), completion: .file())
    var encryptTo: [String] = []

    /// Each once, in the order of the options.
    /// - Throws: `IdentityError.recipient`, `SystemCallError`.
    func recipients() throws -> [AgeRecipient] {
        var seen: Set<AgeRecipient> = []
        let all = try encryptTo.flatMap { try RecipientOptions.read($0) }.filter { seen.insert($0).inserted }
        guard all.count <= AgeRecipient.limit else {
            throw IdentityError.recipient(path: nil, .tooMany(limit: AgeRecipient.limit), line: 1)
        }
        return all
    }

    private static func read(_ text: String) throws -> [AgeRecipient] {
        let isKey =
            text.hasPrefix("age1") || text.hasPrefix("ssh-") || text.uppercased().hasPrefix("AGE-SECRET-KEY-")
        // A file of that name is not meant: a recipient never depends on what lies in this directory.
        let path: HostPath? = isKey ? nil : HostPath(text)
        do {
            guard let path else { return [try AgeRecipient(text)] }
            return try AgeRecipient.list(file: FileSystem.readAll(path, limit: 64 << 10, streams: true))
        } catch AgeError.key(let fault, let line) {
            throw IdentityError.recipient(path: path, fault, line: line)
        }
    }
}
