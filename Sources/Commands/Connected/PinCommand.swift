// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleSpecs
import Bundler

struct PinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin", abstract: "Write the digests of images into the spec.",
        discussion:
            "Build once, promote the same digest: `create` makes nothing of an image without one. Digests that are "
            + "there stay, and are compared; the rest of the spec is not touched.")

    @Argument(help: "The spec.", completion: .file()) var spec = "bundle.yaml"
    @Option(help: ArgumentHelp("Only this image; may be given again.", valueName: "name")) var image: [String] = []
    @Flag(help: "Take what there is today, also where the spec has another digest.") var update = false
    @OptionGroup var images: ImageFetchOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let file = try SpecFile(spec)
        for name in image where file.spec.images[name] == nil { throw PinError.noSuchImage(name) }
        let search = PinSearch(
            file.spec, directory: file.directory, isUpdate: update, resolving: try images.resolving())
        let pins = try await search.pins(image.isEmpty ? nil : Set(image))
        try file.write(pins.filter { !$0.isKept })
        let console = answer.console
        console.json ? console.answer(json: PinCommand.document(pins)) : say(pins, console)
    }

    private func say(_ pins: [ImagePin], _ console: Console) {
        for pin in pins {
            let digests = pin.digests.sorted { $0.key.rawValue < $1.key.rawValue }
            let unique = Set(pin.digests.values)
            let words =
                unique.count == 1
                ? unique.map { "sha256:\($0)" }.joined()
                : digests.map { "\($0.key.rawValue) sha256:\($0.value)" }.joined(separator: ", ")
            console.answer("\(pin.image): \(words)\(kept(pin))")
        }
        if pins.isEmpty { console.say("\(spec): there are no images") }
    }

    private func kept(_ pin: ImagePin) -> String {
        guard pin.isKept else { return "" }
        return pin.reference == nil ? ", as it was" : ", as it was; nobody was asked"
    }

    private static func document(_ pins: [ImagePin]) -> JSONValue {
        let images = pins.map { pin -> JSONValue in
            let digests = pin.digests.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                JSONValue.Member($0.key.rawValue, .string("sha256:\($0.value)"))
            }
            return [
                "image": .string(pin.image), "digests": .object(digests), "written": .bool(!pin.isKept),
                "ref": pin.reference.map { .string($0.text) } ?? .null,
            ]
        }
        return ["images": .array(images)]
    }
}

extension PinError: Explained {
    var explanation: Explanation {
        switch self {
        case .noSuchImage(let name):
            Explanation("the spec has no image \(name)", hint: "they are under images:", status: .usage)
        case .notWritten(let image, let value):
            Explanation(
                "image \(image): its digest could not be written without changing more than that",
                hint: "write it yourself: \(value)", status: .specWrong)
        }
    }
}
