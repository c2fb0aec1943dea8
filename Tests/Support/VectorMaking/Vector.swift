// SPDX-License-Identifier: Apache-2.0

/// One published test case: files with one fault, and the class of refusal that the fault must meet.
package struct Vector: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// A bundle, to be proven from its first byte to its last.
        case bundle
        /// A bundle that proves, and whose packs are then unpacked.
        case unpack
        /// A public key to be taken in.
        case publicKey = "public-key"
        /// A secret key to be opened.
        case secretKey = "secret-key"
        /// A signature file of people's own tools, over `common/SHA256SUMS`.
        case signature
        /// A trust root whose bytes are believed.
        case root
        /// A document with signatures beside it.
        case document
        /// A bundle for a host that believes `common/root-1.json`, with the roots that it carries.
        case chain
        /// A receipt with its signature beside it.
        case receipt
        /// A trust root, and the release of `common/release` that a host with it is asked to take.
        case admission

        package var directory: String {
            switch self {
            case .bundle, .unpack, .chain: "bundles"
            case .publicKey, .secretKey: "keys"
            case .signature: "signatures"
            case .root, .admission: "roots"
            case .document, .receipt: "documents"
            }
        }

        var suffix: String {
            switch self {
            case .bundle, .unpack, .chain: ".bundle.gz"
            case .publicKey: ".pub"
            case .secretKey: ".key"
            case .signature: ".minisig"
            case .root, .admission: ".json"
            case .document, .receipt: ""
            }
        }
    }

    package let name: String
    package let kind: Kind
    package let expected: RefusalClass
    /// Rows of the attack table that it is a case of.
    package let rows: [Int]
    /// One sentence: what is wrong.
    package let about: String
    /// The file itself; a bundle before it is packed.
    package let bytes: [UInt8]
    /// Signature files beside a document.
    package var beside: [[UInt8]] = []
    /// Test keys by name.
    package var believed = ["release-a"]
    package var revoked: [String] = []
    package var threshold = 1
    package var password: String?
    /// The kind of signed document that it is taken for.
    package var documentKind: String?
    /// Why `docs/verify-bundle.sh` says nothing of it; nil where it must agree.
    package var uncovered: String?

    package init(
        _ name: String, _ kind: Kind, _ expected: RefusalClass, rows: [Int], _ about: String, _ bytes: [UInt8]
    ) {
        self.name = name
        self.kind = kind
        self.expected = expected
        self.rows = rows
        self.about = about
        self.bytes = bytes
    }

    /// Below `Tests/Vectors`.
    package var path: String { "\(kind.directory)/\(name)\(kind.suffix)" }

    /// Every file of it, as it is published.
    package var files: [(path: String, bytes: [UInt8])] {
        let main = (path, kind.directory == "bundles" ? Gzip.pack(bytes) : bytes)
        return [main] + beside.enumerated().map { ("\(path).\($0.offset + 1).minisig", $0.element) }
    }

    /// Its block of `vectors.txt`.
    var text: String {
        var lines = ["vector: \(name)", "kind: \(kind.rawValue)", "file: \(path)", "expect: \(expected.rawValue)"]
        if !rows.isEmpty { lines.append("rows: \(rows.map(String.init).joined(separator: " "))") }
        if kind == .bundle || kind == .unpack || kind == .document || kind == .receipt || kind == .signature {
            lines.append("believe: \(believed.joined(separator: " "))")
            if threshold != 1 { lines.append("threshold: \(threshold)") }
            if !revoked.isEmpty { lines.append("revoked: \(revoked.joined(separator: " "))") }
        }
        if let documentKind { lines.append("taken-for: \(documentKind)") }
        if !beside.isEmpty { lines.append("signatures: \(beside.count)") }
        if let password { lines.append("password: \(password)") }
        if kind == .bundle || kind == .unpack {
            lines.append("shell: \(uncovered.map { "not covered, \($0)" } ?? "agrees")")
        }
        lines.append("about: \(about)")
        return lines.joined(separator: "\n") + "\n"
    }
}
