// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import Events
import HostSystem
import Installer
import Registries

/// The one verb that opens a connection off the machine: to the registry that it is given (promise 8).
struct MirrorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mirror", abstract: "Push the images of a release into a registry inside the gap.",
        discussion:
            "What the registry has is not sent again, so it can be repeated after any interruption. Each image is printed "
            + "as REGISTRY/REPOSITORY:TAG@DIGEST, by which Kubernetes or Nomad can pull it.")

    @Argument(help: "The bundle file, or NAME@VERSION of a release that this host holds.", completion: .file())
    var release: String
    @Argument(help: "REGISTRY or REGISTRY/PREFIX.") var target: String
    @Option(help: ArgumentHelp("Only this image; may be given again.", valueName: "name")) var image: [String] = []
    @Flag(help: "Say what would be pushed; push nothing.") var dryRun = false
    @Flag(help: "Move tags that stand for another image.") var replace = false
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var trust: ReaderTrustOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        guard let place = MirrorTarget(target) else { throw MirrorError.badTarget(target) }
        let access = try registry.access(usual: false)
        let source = try MirrorSource.open(release, trust, console)
        let orders = try orders(of: source, in: place)
        let printer = EventPrinter(console: console)
        let pusher = ImagePusher(RegistryClient(place.registry, access))
        let pushed = try await Interruption.cancelling {
            let run = MirrorRun(pusher: pusher, source: source, events: printer, isDry: dryRun, replaces: replace)
            return try await run.push(orders)
        }
        answer(pushed, place, source, console)
    }

    private func orders(of source: MirrorSource, in place: MirrorTarget) throws -> [MirrorRun.Entry] {
        let manifest = source.manifest
        for name in image where manifest.images[name] == nil {
            throw MirrorError.noSuchImage(name, known: manifest.images.keys.sorted())
        }
        guard !manifest.images.isEmpty else { throw MirrorError.noImages("\(manifest.name) \(manifest.version)") }
        let release = ReleaseIdentity(name: manifest.name, version: manifest.version, arch: manifest.arch)
        let places = place.places(release, manifest.images)
        let wanted = manifest.images.filter { image.isEmpty || image.contains($0.key) }
        return try wanted.sorted { $0.key < $1.key }.compactMap { name, image in
            guard let goal = places[name] else { return nil }
            let bytes = try image.manifest.map { try source.document($0) } ?? CarriedManifest.made(of: image)
            let order = ImagePusher.Order(
                image: image, manifest: bytes, type: CarriedManifest.type(of: bytes),
                repository: goal.repository, tag: goal.tag)
            return MirrorRun.Entry(name: name, order: order)
        }
    }

    private func answer(
        _ pushed: [MirrorRun.Pushed], _ place: MirrorTarget, _ source: MirrorSource, _ console: Console
    ) {
        if console.json {
            return console.answer(json: [
                "name": .string(source.manifest.name.text), "version": .string(source.manifest.version.description),
                "registry": .string(place.registry), "dry_run": .bool(dryRun),
                "images": .array(pushed.map { $0.document(place.registry) }),
            ])
        }
        for image in pushed {
            console.answer(image.reference(place.registry))
            console.say("  \(image.words(isDry: dryRun))")
        }
    }
}

enum MirrorError: Error, Equatable {
    case badTarget(String)
    case noSuchImage(String, known: [String])
    case noImages(String)
}

extension MirrorError: Explained {
    var explanation: Explanation {
        switch self {
        case .badTarget(let text):
            Explanation("\(text) is no registry", hint: "such as registry.example.com:5000/mirror", status: .usage)
        case .noSuchImage(let name, let known):
            Explanation(
                "the release has no image \(name)", hint: "it has \(known.joined(separator: ", "))", status: .usage)
        case .noImages(let release): Explanation("\(release) carries no image", status: .usage)
        }
    }
}
