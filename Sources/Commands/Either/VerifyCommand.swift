// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import HostSystem

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Prove every byte of a bundle.",
        discussion: "Says what was established and what was not. Nothing is decompressed and nothing is changed.")

    @Argument(help: "The bundle file.", completion: .file()) var bundle: String
    @OptionGroup var trust: ReaderTrustOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let (head, belief) = try trust.prove(bundle, console: console)
        let progress = ProgressLine(console: console, what: "proving \(head.identity)")
        let verified = try FileFault.naming(bundle) { try head.verifyBody { progress.show($0, $1) } }
        progress.end()
        let findings = Findings(verified, belief)
        if console.json {
            console.answer(bytes: CanonicalJSON.write(findings.json(path: bundle)))
        } else {
            console.answer(findings.text(path: bundle))
        }
    }
}
