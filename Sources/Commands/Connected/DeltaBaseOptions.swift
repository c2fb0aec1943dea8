// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleReading
import Bundler

/// What a delta is made against, and whose signatures on it are believed.
struct DeltaBaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Make a delta: leave out what this bundle has and the target got by it, or what the target's own "
                + "inventory says that it holds; may be given again.", valueName: "bundle|inventory"),
        completion: .file())
    var base: [String] = []

    @Option(
        help: ArgumentHelp("Believe an inventory that this host's key has signed.", valueName: "file"),
        completion: .file())
    var hostKey: [String] = []

    @OptionGroup(title: "What is believed of a --base") var trust: ReaderTrustOptions

    /// - Parameter areRead: whether contents are to be coded against what bundles carry, so that all of them is proven.
    /// - Throws: what proving a bundle, or an inventory, throws.
    func bases(_ console: Console, areRead: Bool) throws -> [DeltaBase] {
        try base.map { path in
            if InventoryFile.isOne(path) {
                let hosts = try trust.hostKeyring(hostKey, console)
                return DeltaBase(try InventoryFile(path: path).prove(by: hosts), path: path)
            }
            let (head, _) = try trust.prove(path, console: console)
            // A head that was taken out to be signed has no packs.
            guard areRead, !head.isAlone else { return DeltaBase(head, path: path) }
            let progress = ProgressLine(console: console, what: "proving \(head.identity)")
            let verified = try FileFault.naming(path) { try head.verifyBody { progress.show($0, $1) } }
            progress.end()
            return DeltaBase(head, path: path, predecessors: try Predecessors(verified))
        }
    }
}
