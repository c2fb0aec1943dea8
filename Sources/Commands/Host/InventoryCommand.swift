// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostRecords
import HostSystem
import Installer
import Reporting
import Trust

struct InventoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory", abstract: "Write down, signed, what this host holds of a product and what it is.",
        discussion: "Carried out, `create --base` makes a delta against it, and `plan --against` a plan.")

    @Argument(help: "The product; needed when several are installed.") var name: String?
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: "The file, by default NAME-HOST.inventory here; its signature goes beside it, as FILE.minisig.",
        completion: .file())
    var file: String?
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let session = try HostSession(verb: "inventory", console: console, exclusive: false)
        let product = try HostSession.product(name, orStaged: true)
        guard let key = try HostKey().load() else { throw InventoryFileError.noHostKey }
        let layout = HostLayout(product: product)
        guard let arch = session.facts.architecture else { throw InventoryFileError.noArchitecture }
        var inventory = Inventory(
            product: product, arch: arch, host: key.publicKey.fingerprint, hostName: session.facts.hostname,
            wallSeconds: SystemClock().wallSeconds(), tool: BundleTool.version, kernel: session.facts.kernelRelease,
            memory: session.facts.memoryBytes)
        let stock = try HeldStock.gather(layout)
        inventory.releases = stock.releases
        inventory.contents = stock.contents
        inventory.floor = stock.floor
        try await HeldStock.describe(&inventory, layout, SystemCommandRunner())
        let path = HostPath(
            file ?? "./\(product)-\(InventoryCommand.host(session.facts.hostname))\(Inventory.fileSuffix)")
        let bytes = inventory.bytes
        let comment = "bundle inventory of \(product) on host \(inventory.host)"
        let signature = try DocumentSigning.sign(bytes, as: .inventory, comment: comment, with: key)
        // The signature first: an inventory without one that holds is refused, whichever of the two is the older.
        try FileSystem.write(signature, to: HostPath(path.text + Inventory.signatureSuffix))
        try FileSystem.write(bytes, to: path)
        if console.json {
            console.answer(json: [
                "path": .string(path.text), "host": .string(inventory.host.hex), "name": .string(product.text),
                "releases": .integer(Int64(stock.releases.count)),
                "contents": .integer(Int64(stock.contents.count)),
            ])
        } else {
            console.answer(
                """
                \(path): \(stock.releases.count) releases of \(product) with \(stock.contents.count) contents, \
                signed by host key \(inventory.host)
                carry it out with \(path.name)\(Inventory.signatureSuffix): bundle create … --base \(path.name)
                """)
        }
    }

    /// Of a machine's name what any file system keeps.
    private static func host(_ name: String) -> String {
        let plain = name.map { Grammar.isHostAddress(String($0)) ? String($0) : "-" }.joined().prefix(64)
        return plain.isEmpty ? "host" : String(plain)
    }
}

enum InventoryFileError: Error, Equatable {
    case noHostKey
    case noArchitecture
    /// It is of another product than the bundle.
    case otherProduct(path: String, inventory: ReleaseName, bundle: ReleaseName)
    /// No host's key is.
    case nobodyBelieved
}
