// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Trust

/// What a signer is shown before anything is signed. Every line of it stands under the SHA256SUMS that is signed, but for
/// the signatures that are there.
struct SigningView {
    let path: String
    let head: ProvenHead
    /// Keys at hand, to say whose the signatures are.
    let known: [MinisignPublicKey]

    enum Standing: String {
        case holds
        case doesNotHold = "does_not_hold"
        case unknown
    }

    struct Present {
        let name: KeyFingerprint
        let standing: Standing
    }

    var present: [Present] {
        head.claimed.signatures.map { signature in
            guard let key = known.first(where: { $0.fingerprint == signature.name }) else {
                return Present(name: signature.name, standing: .unknown)
            }
            let holds = (try? signature.read(for: head.identity))?.holds(for: head.claimed.checksums, by: key.key)
            return Present(name: signature.name, standing: holds == true ? .holds : .doesNotHold)
        }
    }

    private var packedBytes: Int64 { head.packs.packs.reduce(0) { $0 + $1.storedBytes } }

    var lines: [String] {
        let manifest = head.manifest
        var lines = ["\(path): \(head.isAlone ? "the head of " : "")\(head.identity)"]
        lines.append("  release    \(head.releaseDigest.hex)")
        lines.append(
            "  signed is  SHA256SUMS, \(head.claimed.checksums.count) bytes with the SHA-256 \(head.verdict.signedDigest.hex)"
        )
        if let created = manifest.created { lines.append("  created    \(created)") }
        if let source = manifest.source {
            lines.append("  source     \(source.commit)\(source.dirty ? ", with uncommitted changes" : "")")
        }
        lines.append("  installs   \(manifest.tree.files) files, \(manifest.tree.bytes) bytes")
        lines.append(
            "  services   \(manifest.services.keys.sorted().joined(separator: ", "))"
                + (manifest.jobs.isEmpty ? "" : "; jobs \(manifest.jobs.keys.sorted().joined(separator: ", "))"))
        if !manifest.images.isEmpty {
            lines.append("  images     \(manifest.images.keys.sorted().joined(separator: ", "))")
        }
        lines.append("  carried in \(head.packs.packs.count) packs, \(packedBytes) bytes")
        lines += DeltaWords.lines(head.packs.needs, head.packs.bases, head.packs.coded, of: manifest.name).map {
            "  delta      \($0)"
        }
        if present.isEmpty { lines.append("  signed by  nobody yet") }
        lines += present.map { one in
            switch one.standing {
            case .holds: "  signed by  \(one.name)"
            case .doesNotHold: "  signed by  \(one.name): this signature does NOT hold"
            case .unknown: "  signed by  \(one.name), whose public key is not at hand: unproven"
            }
        }
        return lines
    }

    var json: JSONValue {
        [
            "arch": .string(head.identity.arch.rawValue),
            "bytes_to_sign": .integer(Int64(head.claimed.checksums.count)),
            "checksums_digest": .string(head.verdict.signedDigest.hex),
            "created": head.manifest.created.map { .string($0) } ?? .null, "file": .string(path),
            "delta": DeltaWords.json(head.packs.needs, head.packs.bases, head.packs.coded),
            "files": .integer(Int64(head.manifest.tree.files)), "head": .bool(head.isAlone),
            "installed_bytes": .integer(head.manifest.tree.bytes), "name": .string(head.identity.name.text),
            "packed_bytes": .integer(packedBytes), "packs": .integer(Int64(head.packs.packs.count)),
            "release_digest": .string(head.releaseDigest.hex),
            "signatures": .array(
                present.map { ["fingerprint": .string($0.name.hex), "standing": .string($0.standing.rawValue)] }),
            "source": head.manifest.source.map { .string($0.commit) } ?? .null,
            "version": .string(head.identity.version.description),
        ]
    }
}
