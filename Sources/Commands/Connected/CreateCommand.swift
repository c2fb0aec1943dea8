// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import ArgumentParser
import BundleFormat
import BundleSpecs
import Bundler
import Glibc
import HostSystem
import PackStorage
import Trust

struct CreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Pack a release into one signed file.",
        discussion: "The same inputs give the same bytes, with any number of jobs. Nothing that exists is replaced.")

    @Argument(help: "The release's version, such as v1.4.0.") var version: String
    @Option(help: "The spec.", completion: .file()) var spec = "bundle.yaml"
    @Option(help: "The architecture; by default this machine's, if the spec lists it.") var arch: String?
    @Option(
        name: .shortAndLong,
        help: "The bundle's path; by default NAME-VERSION-ARCH.bundle here, or ….bundle.age when encrypted.",
        completion: .file())
    var output: String?
    @Option(help: "fast, default or small: what packing may cost; small takes several times as long.")
    var preset: String?
    @Option(help: "xz[:0-9], zstd[:1-19] or raw, in place of a preset.") var codec: String?
    @Option(help: "Packs that are compressed at once; by default one a processor.") var jobs: Int?
    @Option(
        help: ArgumentHelp(
            "Write parts of at most this size: 700m, or 4g for the most that FAT32 takes.", valueName: "size"))
    var split: String?
    @OptionGroup var delta: DeltaBaseOptions
    @OptionGroup var keys: SigningKeyOptions
    @OptionGroup var confidential: RecipientOptions
    @Flag(help: "Make it without a signature; no host takes it before somebody signs it.") var unsigned = false
    @OptionGroup var images: ImageFetchOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        guard codec == nil || preset == nil else { throw ValidationError("--codec and --preset exclude each other") }
        _ = try packing()
        guard jobs.map({ (1...64).contains($0) }) ?? true else { throw ValidationError("--jobs takes 1 to 64") }
        guard split.map({ PartSize($0) != nil }) ?? true else {
            throw ValidationError("--split takes 64k to 4g: a number of bytes, with k, m or g")
        }
        guard !unsigned || keys.key.isEmpty else { throw ValidationError("--unsigned and --key exclude each other") }
    }

    func run() async throws {
        let console = answer.console
        guard let number = Version(version) else { throw SpecFileError.badVersion(version) }
        let file = try SpecFile(spec)
        for advice in file.advice { console.warn("\(advice.place): \(advice.words)") }
        let architecture = try chosenArchitecture(file)
        let recipe = try ReleaseRecipe(file.spec, version: number, arch: architecture, directory: file.directory)
        let roots = try ProjectRoots.load(project: file.directory, console)
        let recipients = try confidential.recipients()
        let signing = unsigned ? [] : try keys.open(project: file.directory, console)
        try roots.warn(of: signing.map(\.publicKey), console)
        roots.warn(ofCount: signing.map(\.publicKey), console)
        let bases = try delta.bases(console, areRead: try packing().codesDeltas)
        let fileName = bases.isEmpty ? recipe.identity.fileName : recipe.identity.deltaFileName
        let request = CreateRequest(
            output: HostPath(output ?? "./\(fileName)\(recipients.isEmpty ? "" : ".age")"),
            keys: signing, trust: roots.links,
            packing: try packing(), bases: bases, cache: try images.packs(), recipients: recipients,
            partSize: split.flatMap { PartSize($0) },
            jobs: jobs ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))),
            sourceDirectory: file.directory, sourceDate: CreateCommand.environment("SOURCE_DATE_EPOCH"),
            home: CreateCommand.environment("HOME"))
        let printer = EventPrinter(console: console)
        printer.expect(Forecast.creating.filter { !bases.isEmpty || $0.id != "delta" })
        let isFetching = recipe.images.contains { if case .reference = $0.origin { true } else { false } }
        let builder = ReleaseBuilder(
            runner: SystemCommandRunner(), events: printer, fetching: isFetching ? try images.fetching() : nil)
        let built = try await Interruption.cancelling { try await builder.build(recipe, request) }
        let more: (Int) -> String = { count in
            "the software bills lack what \(count) more files say: `bundle sbom --json` names each"
        }
        console.warn(ofEach: built.software.gaps, more: more) { gap in
            let owner = gap.image.map { "image \($0)" } ?? "the release"
            return "the software bill of \(owner) lacks what \(gap.place) says: \(gap.reason)"
        }
        for image in built.software.silentImages {
            console.warn(
                "image \(image) has no package database and no build information that is read: its bill is empty")
        }
        if !bases.isEmpty, built.needs.isEmpty {
            console.warn("nothing of the release is in \(delta.base.joined(separator: ", ")): this is a full bundle")
        }
        for fault in built.cacheFaults { console.warn(fault.words) }
        if built.parts.isEmpty, built.bytes > PartSize.most {
            console.warn("FAT32 takes no file of \(built.bytes) bytes: for such a medium, `create --split 4g`")
        }
        console.json ? console.answer(json: CreateCommand.document(built)) : console.answer(CreateCommand.text(built))
    }

    private func packing() throws -> Packing {
        if let codec {
            guard let codec = PackCodec(codec) else {
                throw ValidationError("--codec takes xz[:0-9], zstd[:1-19] or raw")
            }
            return Packing(codec: codec)
        }
        guard let preset = Packing.Preset(rawValue: preset ?? "default") else {
            throw ValidationError("--preset takes fast, default or small")
        }
        return Packing(preset)
    }

    private func chosenArchitecture(_ file: SpecFile) throws -> Architecture {
        let listed = file.spec.arch
        let here = HostFacts.gather().architecture ?? .amd64
        let wanted = arch ?? (listed.contains(here) || listed.isEmpty ? here : listed[0]).rawValue
        guard let found = listed.first(where: { $0.rawValue == wanted }) else {
            throw SpecFileError.archNotListed(wanted, listed: listed.map(\.rawValue))
        }
        return found
    }

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static func text(_ built: BuiltBundle) -> String {
        let signed =
            built.signers.isEmpty ? "nobody: sign it with `bundle sign`" : built.signers.joined(separator: ", ")
        let images = built.images == 0 ? "" : built.images == 1 ? " and 1 image" : " and \(built.images) images"
        let carried = "\(built.files) files\(images)"
        let cached = built.cachedPacks.map { ", \($0) of them from the cache" } ?? ""
        return """
            \(built.path)
            release   \(built.identity), digest \(built.releaseDigest)
            size      \(built.bytes) bytes in \(built.packs) packs\(cached), of \(built.unpackedBytes) bytes in \(carried)
            software  \(built.software.components) packages and modules known by name: `bundle sbom` lists them
            source    \(built.source.map { $0.commit + ($0.dirty ? ", with changes that no commit has" : "") } ?? "not a git repository")
            signed by \(signed)
            """
                + DeltaWords.lines(built.needs, built.bases, built.coded, of: built.identity.name).map {
                    "\ndelta     \($0)"
                }
                .joined()
                + (built.parts.isEmpty ? "" : "\nparts     \(built.parts.joined(separator: ", "))")
                + built.recipients.map { "\nopens for \($0.text)" }.joined()
    }

    private static func document(_ built: BuiltBundle) -> JSONValue {
        [
            "path": .string(built.path.text), "parts": .array(built.parts.map { .string($0) }),
            "name": .string(built.identity.name.text),
            "version": .string(built.identity.version.description), "arch": .string(built.identity.arch.rawValue),
            "digest": .string(built.releaseDigest.hex), "bytes": .integer(built.bytes),
            "unpacked_bytes": .integer(built.unpackedBytes), "packs": .integer(Int64(built.packs)),
            "packs_cached": built.cachedPacks.map { .integer(Int64($0)) } ?? .null,
            "files": .integer(Int64(built.files)), "software": .integer(Int64(built.software.components)),
            "software_unread": .array(
                built.software.gaps.map {
                    [
                        "image": $0.image.map { .string($0) } ?? .null, "place": .string($0.place),
                        "reason": .string($0.reason),
                    ]
                }),
            "software_silent": .array(built.software.silentImages.map { .string($0) }),
            "delta": DeltaWords.json(built.needs, built.bases, built.coded),
            "signers": .array(built.signers.map { .string($0) }),
            "recipients": .array(built.recipients.map { .string($0.text) }),
        ]
    }
}
