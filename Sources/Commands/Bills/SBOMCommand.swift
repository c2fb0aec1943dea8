// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import SoftwareBills

struct SBOMCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sbom", abstract: "Say what software a bundle, or this host, is made of, and search it.",
        discussion: "A search finds a part of a name or package URL: openssl, or with versions 'openssl<3.0.14'. "
            + "What it finds is the answer, none as well as many; status 0.")

    /// How a bill is shown.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, cyclonedx
    }

    @Argument(help: "The bundle file.", completion: .file()) var bundle: String?
    @Flag(help: "All releases that are installed, kept or staged on this host, of every product.") var host = false
    @Option(help: "Only this image of the release.") var image: String?
    @Option(help: ArgumentHelp("Only what has this in its name or package URL.", valueName: "text")) var search: String?
    @Option(help: "table, or cyclonedx: the document itself.") var format = Format.table
    @OptionGroup var trust: ReaderTrustOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard host == (bundle == nil) else { throw ValidationError("name a bundle, or say --host") }
        guard search.map({ BillQuery($0) != nil }) ?? true else {
            throw ValidationError(
                "--search takes a part of a name, optionally <, <=, =, >= or > and a version behind it")
        }
        guard format == .table || (!host && search == nil) else {
            throw ValidationError("--format cyclonedx prints the document of one bundle, whole")
        }
    }

    func run() async throws {
        let console = output.console
        let query = search.flatMap { BillQuery($0) }
        guard let bundle else {
            let held = try HostBills(image: image)
            BillAnswer(held.releases, query).give(console)
            if let damage = held.damage { throw damage }
            return
        }
        let (head, _) = try trust.prove(bundle, console: console)
        let members = head.bodyMembers.map(\.member).filter { member in
            BillMember.subject(of: member).map { image == nil || $0 == image } ?? false
        }
        guard !members.isEmpty else {
            throw image.map { BillError.noSuchImage($0, images: head.manifest.images.keys.sorted()) } ?? .noBill
        }
        if format == .cyclonedx {
            let wanted = members.first { BillMember.subject(of: $0) == .some(image) } ?? members[0]
            return console.answer(bytes: try head.readMember(wanted, limit: BillMember.maximumBytes))
        }
        let bills = try members.map { try ReadBill($0, head.readMember($0, limit: BillMember.maximumBytes)) }
        BillAnswer([BilledRelease(head.identity.description, bills: bills)], query).give(console)
    }
}

enum BillError: Error, Equatable {
    case noBill
    case noSuchImage(String, images: [String])
    /// A member that was proven and is no bill of ours.
    case notUnderstood(String)
}

extension BillError: Explained {
    var explanation: Explanation {
        switch self {
        case .noBill:
            Explanation(
                "this bundle carries no software bill", hint: "one that this `bundle` makes anew does",
                status: .noSuchRelease)
        case .noSuchImage(let name, let images):
            Explanation(
                "no software bill of an image \(name)",
                hint: images.isEmpty ? "the release has no image" : "its images: \(images.joined(separator: ", "))",
                status: .noSuchRelease)
        case .notUnderstood(let member):
            Explanation(
                "\(member) is no bill that `bundle` wrote", hint: "`bundle docs BUNDLE \(member)` prints it",
                status: .damaged)
        }
    }
}
