// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import Bundler
import Comparison
import Configuration
import Reporting

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what changes from one release to another, and what carrying it costs.",
        discussion: "Proves the heads of both bundles and what is shown of them. Packs are not read, as of `inspect`.")

    @Argument(
        help: ArgumentHelp(
            "A bundle, full or a delta, or an inventory of the host that is to get NEW.", valueName: "old"),
        completion: .file())
    var old: String
    @Argument(help: ArgumentHelp("A bundle.", valueName: "new"), completion: .file()) var new: String
    @Flag(name: .long, help: "End with 12 where anything differs.") var exitCode = false
    @Option(
        help: ArgumentHelp("Believe an inventory that this host's key has signed.", valueName: "file"),
        completion: .file())
    var hostKey: [String] = []
    @OptionGroup var trust: ReaderTrustOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        guard !InventoryFile.isOne(new) else {
            throw ValidationError("\(new) is an inventory: only OLD may be one, and NEW is a bundle")
        }
        let inventory = try InventoryFile.isOne(old) ? provenInventory(console) : nil
        let before = try inventory == nil ? prove(old, console) : nil
        let after = try prove(new, console)
        if let inventory { try demandSameProduct(inventory, after) }
        let compared = try DiffCommand.release(after, new)
        let view: DiffView
        if let before {
            let former = try DiffCommand.release(before, old)
            if !former.isOfSameProduct(as: compared) {
                console.warn(
                    "\(former.identity) and \(compared.identity) are of different products or architectures: "
                        + "no delta leads from one to the other")
            }
            view = DiffView(
                ReleaseComparison(.release(former), compared), from: .bundle(before), to: after)
        } else if let inventory {
            view = DiffView(
                ReleaseComparison(.contents(Set(inventory.contents.keys)), compared), from: .inventory(inventory),
                to: after)
        } else {
            return
        }
        console.json ? console.answer(json: view.json) : console.answer(view.text)
        if exitCode, view.differ { throw ExitStatus.drift }
    }

    private func prove(_ path: String, _ console: Console) throws -> ProvenHead {
        try trust.prove(path, console: console).head
    }

    private func provenInventory(_ console: Console) throws -> Inventory {
        try InventoryFile(path: old).prove(by: trust.hostKeyring(hostKey, console))
    }

    private func demandSameProduct(_ inventory: Inventory, _ head: ProvenHead) throws {
        guard inventory.product == head.identity.name, inventory.arch == head.identity.arch else {
            throw BundlerError.foreignBase(
                path: old, name: inventory.product, arch: inventory.arch, release: head.identity)
        }
    }

    static func release(_ head: ProvenHead, _ path: String) throws -> ComparedRelease {
        try FileFault.naming(path) {
            ComparedRelease(
                manifest: head.manifest, document: try StrictJSON.parse(head.manifestBytes), files: head.files,
                packs: head.packs,
                documents: try head.proveDocuments().mapValues {
                    ComparedRelease.Document(digest: $0.digest, size: $0.size ?? 0)
                },
                values: try DiffCommand.values(head), fileBytes: head.fileBytes)
        }
    }

    /// The author's defaults by path; nil where a delta leaves their file to the host.
    private static func values(_ head: ProvenHead) throws -> [String: String]? {
        do {
            guard let defaults = try ReleaseValues(head).defaults?.value else { return [:] }
            var leaves: [String: String] = [:]
            collect(defaults, at: ValuePath(), into: &leaves)
            return leaves
        } catch DeltaError.notCarried {
            return nil
        }
    }

    private static func collect(_ value: Value, at path: ValuePath, into leaves: inout [String: String]) {
        guard case .map(let map) = value, !map.isEmpty else {
            leaves[path.description] = value.json
            return
        }
        for (key, value) in map.entries { collect(value, at: path.appending(key), into: &leaves) }
    }
}
