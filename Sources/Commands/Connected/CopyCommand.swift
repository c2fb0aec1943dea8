// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import Cryptography
import HostSystem
import Trust

struct CopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy a bundle to a medium with the installer beside it, and prove what the medium gives back.",
        discussion:
            "An interrupted copy goes on where it was. Each file is synced and its cache dropped before it is read back. "
            + "With --repair BUNDLE is a damaged copy with parity files beside it, and DIR gets it mended and proven."
    )

    @Argument(help: "The bundle file, or its parts.", completion: .file()) var bundle: String
    @Argument(help: "A directory on the medium.", completion: .directory) var directory: String
    @Option(
        help: ArgumentHelp("The program for the host; by default this one.", valueName: "file"), completion: .file())
    var program: String?
    @Option(
        help: ArgumentHelp(
            "Put parity files (PAR2, by `par2`) of so much of the bundle's size beside the copy, 1 to 100.",
            valueName: "percent"))
    var parity: Int?
    @Flag(help: "Mend a damaged copy by its parity files.") var repair = false
    @OptionGroup var trust: ReaderTrustOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard parity.map({ (1...100).contains($0) }) ?? true else { throw ValidationError("--parity takes 1 to 100") }
        guard !repair || program == nil && parity == nil else {
            throw ValidationError("--repair mends what is there: neither --program nor --parity goes with it")
        }
    }

    func run() async throws {
        let console = output.console
        guard !repair else { return try await mend(console) }
        // Before anything is written.
        let parity = try parity.map { try MediumParity(percent: $0) }
        let (head, _) = try trust.prove(bundle, console: console)
        try HeadAlone.refuse(head, path: bundle)
        if program == nil, let own = HostFacts.gather().architecture, own != head.identity.arch {
            console.warn(
                "this program is for \(own.rawValue), the release for \(head.identity.arch.rawValue): name the host's with --program"
            )
        }
        let tool = try ProgramFiles.find(program.map { HostPath($0) } ?? "/proc/self/exe")
        let total = try head.carrierBytes + tool.reduce(0) { try $0 + $1.source.size() }
        let line = ProgressLine(console: console, what: "copying \(head.identity)")
        var done: Int64 = 0
        let copy = try MediumCopy(to: HostPath(directory)) { bytes in
            done += bytes
            line.show(done, total)
        }
        let names = head.carrierNames
        try copy.demandRoom(
            for: total + (parity?.room(for: head.carrierBytes) ?? 0), names: names + tool.map(\.name))
        for file in tool { try copy.put(file.name, file.source, executable: file.isProgram) }
        try head.eachCarrier { try copy.put($0.name, .file($0)) }
        line.end()
        for file in tool { try copy.prove(file.name, file.source) }
        // What was copied is proven by itself: nothing beside it, and no other medium, helps it.
        let target = HostPath(directory) / head.mediumPath.name
        let (there, belief) = try trust.prove(target.text, console: console, search: PartSearch())
        let reading = ProgressLine(console: console, what: "reading back \(head.identity)")
        let verified = try FileFault.naming(target.text) { try there.verifyBody { reading.show($0, $1) } }
        reading.end()
        guard there.verdict.signedDigest == head.verdict.signedDigest else { throw CopyError.notReadBack(target) }
        if parity != nil { console.say("making parity files of \(head.identity)") }
        let beside = try await parity?.put(whole(of: head), beside: names, in: HostPath(directory)) ?? []
        answer(Findings(verified, belief), target, names + tool.map(\.name) + beside, total, console)
    }

    private func whole(of head: ProvenHead) -> String {
        let name = head.mediumPath.name
        return head.carrierNames.count == 1 ? name : String(name.dropLast(PartList.suffix.count))
    }

    private func mend(_ console: Console) async throws {
        let found = try await CopyRepair(damaged: HostPath(bundle), directory: HostPath(directory), trust: trust)
            .run(console)
        if console.json {
            console.answer(json: [
                "bundle": .string(found.target.text), "files": .array(found.names.map { .string($0) }),
                "mended": .array(found.mended.map { .string($0) }),
                "unreadable_bytes": .integer(found.unreadable.values.reduce(0, +)),
            ])
        } else {
            console.answer(
                """
                \(found.mended.isEmpty ? "nothing had to be mended" : "mended: \(found.mended.joined(separator: ", "))")
                \(Findings(found.verified, found.belief).text(path: found.target.text))
                """)
        }
    }

    private func answer(_ findings: Findings, _ target: HostPath, _ names: [String], _ bytes: Int64, _ console: Console)
    {
        if console.json {
            console.answer(json: [
                "bundle": .string(target.text), "files": .array(names.map { .string($0) }), "bytes": .integer(bytes),
            ])
        } else {
            console.answer(
                """
                \(names.count) files in \(directory), read back: \(names.joined(separator: ", "))
                \(findings.text(path: target.text))
                on the host: sh bootstrap.sh SHA256, then bundle install \(target.name)
                """)
        }
    }
}

/// What installs on a host that has nothing of ours: the program, what proves it, the script that puts it in place.
struct ProgramFiles {
    let name: String
    let source: MediumCopy.Source
    var isProgram = false

    private static let companions = [".minisig", ".sha256"]

    static func find(_ program: HostPath) throws -> [ProgramFiles] {
        guard let real = try? FileSystem.resolve(program), try FileSystem.status(real)?.kind == .file else {
            throw CopyError.program(program)
        }
        var files = [ProgramFiles(name: "bundle", source: .file(real), isProgram: true)]
        for suffix in companions {
            let path = HostPath(real.text + suffix)
            if try FileSystem.status(path)?.kind == .file {
                files.append(ProgramFiles(name: "bundle" + suffix, source: .file(path)))
            }
        }
        return files + [ProgramFiles(name: "bootstrap.sh", source: .bytes(Array(BootstrapScript.text.utf8)))]
    }
}
