// SPDX-License-Identifier: Apache-2.0

/// `README.txt`, the first member: for programs its first line, for whoever finds the stick the rest (format §5.1).
package struct Readme: Equatable, Sendable {
    package static let name = "README.txt"
    private static let magic = "bundle/1"

    package let identity: ReleaseIdentity
    /// What a host must have before this installs; empty for a full bundle. Text for people, which is not read back.
    private let bases: [PackIndex.Base]

    package init(_ identity: ReleaseIdentity, bases: [PackIndex.Base] = []) {
        self.identity = identity
        self.bases = bases
    }

    /// Reads the first line, the only text of a bundle that is parsed before it is proven; what follows it is free.
    ///
    /// - Throws: `FormatError`.
    package init(parsing bytes: [UInt8]) throws(FormatError) {
        guard bytes.count <= Limits.readmeBytes else {
            throw .tooLarge(document: Readme.name, limit: Limits.readmeBytes, found: Int64(bytes.count))
        }
        // Name, version and architecture are bounded, so a line beyond 128 bytes is none of ours.
        guard let end = bytes.prefix(128).firstIndex(of: UInt8(ascii: "\n")) else {
            throw .badLine(document: Readme.name, line: 1, .noNewline)
        }
        let line = String(decoding: bytes[..<end], as: UTF8.self)
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 4, words[0] == Readme.magic, let name = ReleaseName(words[1]),
            let version = Version(words[2]), let arch = Architecture(rawValue: String(words[3]))
        else { throw .badLine(document: Readme.name, line: 1, .wrongFirstLine) }
        self.init(ReleaseIdentity(name: name, version: version, arch: arch))
        // One spelling: `v1.0.0` names the same version in other bytes.
        guard line == firstLine else { throw .badLine(document: Readme.name, line: 1, .wrongFirstLine) }
    }

    package var firstLine: String { "\(Readme.magic) \(identity)" }

    /// The whole text; the same for the same release.
    package var text: String {
        let file = bases.isEmpty ? identity.fileName : identity.deltaFileName
        return """
            \(firstLine)

            This file carries release \(identity.version) of \(identity.name) for \(identity.arch.rawValue) to a machine without
            a network. It is a plain tar archive; the program `bundle` installs it. Do not
            install it before you have proven it, and prove it with a key that you got some
            other way: a key that came on the same medium proves nothing.
            \(warning)
            PROVE IT, with `bundle` and the public key you have:

              bundle verify --pubkey KEY.pub \(file)

            or without it, in an empty directory:

              tar xf \(file)
              ls signatures

            then ONE of these three, KEY being a name that `ls` showed:

              minisign -V -p KEY.pub -m SHA256SUMS -x signatures/KEY.minisig
              signify  -V -p KEY.pub -m SHA256SUMS -x signatures/KEY.minisig
              sed -n 2p signatures/KEY.minisig | base64 -d | tail -c 64 > s
              (printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'
               sed -n 2p KEY.pub | base64 -d | tail -c 32) > k
              openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey k \\
                -in SHA256SUMS -sigfile s

            and when it says that the signature is good:

              sha256sum -c SHA256SUMS
              head -n 1 SHA256SUMS README.txt

            Every line must end in OK, `tar tf` must list no file but README.txt, SHA256SUMS,
            those in signatures/ and those that SHA256SUMS names, and the first line of
            README.txt must name the release that you expect.

            LOOK INSIDE: docs/ holds the notes for operators, manifest.json says what the
            release is, files.sha256 lists what it installs.

            INSTALL IT, as root, on the host that it is for:

              bundle plan \(file)
              bundle install \(file)

            `plan` shows what would change and changes nothing.

            """
    }

    private var warning: String {
        guard !bases.isEmpty else { return "" }
        // Few, so that the text stays within its limit.
        let named = bases.prefix(4).map { "  \(identity.name) \($0.version), release digest \($0.digest.short)\n" }
        let more = bases.count > 4 ? "  and \(bases.count - 4) more: `base` lines of packs.index\n" : ""
        return """

            IT IS A DELTA: not all of the release is in it. It installs on a host that has

            \((named + [more]).joined())
            """
    }
}
