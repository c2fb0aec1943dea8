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
        try HeadAlone.refuse(head, path: bundle)
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

/// A head that was taken out of its bundle to be signed (trust §3.8): whole as what it is, and no bundle.
struct HeadAlone: Error, Equatable {
    let path: String
    let release: ReleaseIdentity

    static func refuse(_ head: ProvenHead, path: String) throws(HeadAlone) {
        if head.isAlone { throw HeadAlone(path: path, release: head.identity) }
    }
}

extension HeadAlone: Explained {
    var explanation: Explanation {
        Explanation(
            "\(path): this is the head of \(release), for signing; it is no bundle, and none that was cut off",
            hint: "`bundle inspect` shows what it says, `bundle sign BUNDLE --attach \(path)` takes its signatures; "
                + "verify the bundle itself", status: .damaged)
    }
}
