// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Trust

/// A proven head for people and for programs.
struct HeadView {
    private let head: ProvenHead
    private var manifest: Manifest { head.manifest }

    init(_ head: ProvenHead) { self.head = head }

    func text(files: Bool) -> String {
        var lines = ["\(head.identity)" + (manifest.summary.map { " - \($0)" } ?? "")]
        lines.append("  digest     \(head.releaseDigest)")
        lines += head.verdict.established.map { "  signed by  \($0.fingerprint) (key id \($0.keyID))" }
        lines += head.trustLinks.map {
            "  carries    trust root \($0.number), fingerprint \(RootFingerprint(of: $0.bytes))"
        }
        if let created = manifest.created { lines.append("  created    \(created)") }
        if let source = manifest.source {
            lines.append("  source     \(source.commit)\(source.dirty ? ", with uncommitted changes" : "")")
        }
        let tree = manifest.tree
        lines.append(
            "  installs   \(tree.files) files, \(tree.bytes) bytes; carried in \(head.packs.packs.count) packs")
        lines += DeltaWords.lines(head.packs.needs, head.packs.bases, head.packs.coded, of: manifest.name).map {
            "  delta      \($0)"
        }
        lines += manifest.services.sorted { $0.key < $1.key }.flatMap { HeadView.lines($0.key, $0.value) }
        lines += manifest.jobs.sorted { $0.key < $1.key }.map { HeadView.line($0.key, $0.value) }
        lines += manifest.config.sorted { $0.key < $1.key }.map {
            "  config     \($0.key): rendered on the host\($0.value.isSensitive ? ", sensitive" : "")"
        }
        lines += ImageShares(manifest).lines
        lines += manifest.secrets.sorted { $0.key < $1.key }
            .map {
                "  secret     \($0.key): \($0.value.required ? "required" : "optional")\($0.value.about.map { ", \($0)" } ?? "")"
            }
        lines += documents.map { "  document   \($0)" }
        if files { lines += head.files.entries.map { "\($0.digest)  \($0.path)" } }
        return lines.joined(separator: "\n")
    }

    private var documents: [String] { head.bodyMembers.map(\.member).filter { !$0.isPack }.map(\.description) }

    private static func lines(_ name: String, _ service: Service) -> [String] {
        let ports = service.ports.sorted { $0.key < $1.key }.map { "\($0.value.port) (\($0.value.expose.rawValue))" }
        var lines = [
            "  service    \(name): \(service.strategy.rawValue)" + (service.image.map { ", image \($0)" } ?? "")
                + (ports.isEmpty ? "" : ", ports \(ports.joined(separator: ", "))")
        ]
        // What loosens the walls around a service is shown, never only in the manifest.
        if service.sandbox.profile != .strict || !service.sandbox.allow.isEmpty {
            lines.append(
                "             sandbox \(([service.sandbox.profile.rawValue] + service.sandbox.allow).joined(separator: ", "))"
            )
        }
        for (section, directives) in service.unit.sorted(by: { $0.key < $1.key }) {
            for (directive, values) in directives.sorted(by: { $0.key < $1.key }) {
                lines += values.map { "             unit [\(section)] \(directive)=\($0)" }
            }
        }
        for use in service.secrets where use.delivery == .environment {
            lines.append("             secret \(use.id) in its environment")
        }
        return lines
    }

    /// What runs once and what it does to data is what an operator asks first.
    private static func line(_ name: String, _ job: Job) -> String {
        "  job        \(name): at \(job.at.map(\.rawValue).joined(separator: ", "))"
            + (job.once == nil ? "" : ", once on a host") + (job.data.map { ", data: \($0.rawValue)" } ?? "")
    }

    func json(files: Bool) throws -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("release_digest", .string(head.releaseDigest.hex)),
            .init("checksums_digest", .string(head.verdict.signedDigest.hex)),
            .init("bytes", .integer(head.fileBytes)),
            .init("signers", .array(head.verdict.established.map { .string($0.fingerprint.hex) })),
            .init(
                "roots",
                .array(
                    head.trustLinks.map {
                        [
                            "number": .integer(Int64($0.number)),
                            "fingerprint": .string(RootFingerprint(of: $0.bytes).hex),
                        ]
                    })),
            .init("delta", DeltaWords.json(head.packs.needs, head.packs.bases, head.packs.coded)),
            .init("packs", .integer(Int64(head.packs.packs.count))),
            .init("packed_bytes", .integer(head.packs.packs.reduce(0) { $0 + $1.storedBytes })),
            .init("documents", .array(documents.map { .string($0) })),
            .init("images", ImageShares(manifest).json),
            .init("manifest", try StrictJSON.parse(head.manifestBytes)),
        ]
        if files {
            members.append(
                .init("files", .object(head.files.entries.map { .init($0.path.text, .string($0.digest.hex)) })))
        }
        return .object(members)
    }
}

extension MemberName {
    var isPack: Bool { if case .pack = self { true } else { false } }
}
