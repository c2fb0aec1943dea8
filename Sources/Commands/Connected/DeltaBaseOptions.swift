// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
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

    /// - Throws: what proving the head of a bundle, or an inventory, throws.
    func bases(_ console: Console) throws -> [DeltaBase] {
        try base.map { path in
            if InventoryFile.isOne(path) {
                let hosts = try trust.hostKeyring(hostKey, console)
                return DeltaBase(try InventoryFile(path: path).prove(by: hosts), path: path)
            }
            let (head, _) = try trust.prove(path, console: console)
            return DeltaBase(head, path: path)
        }
    }
}
