// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Bundler

/// What a delta is made against, and whose signatures on it are believed.
struct DeltaBaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Make a delta: leave out what this bundle has and the target got by it; may be given again.",
            valueName: "bundle"), completion: .file())
    var base: [String] = []

    @OptionGroup(title: "What is believed of a --base") var trust: ReaderTrustOptions

    /// - Throws: what proving the head of a bundle throws.
    func bases(_ console: Console) throws -> [DeltaBase] {
        try base.map { path in
            let (head, _) = try trust.prove(path, console: console)
            return DeltaBase(head, path: path)
        }
    }
}
