// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import HostSystem
import Installer
import Reporting
import Trust

/// `plan` away from the host, by what the host wrote down of itself; and who is believed there.
struct AgainstOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Plan for the host that wrote this inventory, on any machine: what to carry, what it lacks.",
            valueName: "inventory"), completion: .file())
    var against: String?
    @Option(
        help: ArgumentHelp("With --against: believe an inventory that this host's key has signed.", valueName: "file"),
        completion: .file())
    var hostKey: [String] = []
    @Option(help: ArgumentHelp("With --against: as of `verify`.", valueName: "file"), completion: .file())
    var pubkey: [String] = []
    @Option(name: .customLong("trust"), help: ArgumentHelp("With --against: as of `verify`.", valueName: "file"))
    var root: String?

    func validate() throws {
        guard against != nil || hostKey.isEmpty && pubkey.isEmpty && root == nil else {
            throw ValidationError(
                "--host-key, --pubkey and --trust go with --against: a host believes /etc/bundle alone")
        }
        guard root == nil || pubkey.isEmpty else { throw ValidationError("--trust and --pubkey exclude each other") }
    }

    /// The options of a reader, as other verbs have them.
    func reader(_ trust: HostTrustOptions) -> ReaderTrustOptions {
        var reader = ReaderTrustOptions()
        reader.pubkey = pubkey
        reader.trust = root
        reader.allowUnsigned = trust.allowUnsigned
        reader.identities = trust.identities
        reader.parts = trust.parts
        return reader
    }
}

struct AgainstPlan {
    private let bundle: String
    private let inventory: String
    private let options: AgainstOptions
    private let reader: ReaderTrustOptions

    init(bundle: String, inventory: String, _ options: AgainstOptions, _ trust: HostTrustOptions) {
        self.bundle = bundle
        self.inventory = inventory
        self.options = options
        reader = options.reader(trust)
    }

    /// - Throws: `DeltaError.lacking`, `HostVerbError.preflight`, behind the answer; what proving throws.
    func run(_ console: Console) throws {
        let (head, _) = try reader.prove(bundle, console: console)
        let hosts = try reader.hostKeyring(options.hostKey, console)
        let host = try InventoryFile(path: inventory).prove(by: hosts)
        guard host.product == head.identity.name else {
            throw InventoryFileError.otherProduct(
                path: inventory, inventory: host.product, bundle: head.identity.name)
        }
        let plan = InventoryPlan(head, against: host)
        console.json
            ? console.answer(json: document(plan, head, host)) : console.answer(text(plan, head, host))
        guard plan.problems.isEmpty else { throw HostVerbError.preflight(plan.problems) }
        guard plan.isHeld || plan.lacking.isEmpty else {
            throw DeltaError.lacking(
                head.identity, contents: plan.lacking.count, needed: plan.needs, bytes: bytes(plan), bases: plan.bases)
        }
    }

    private func bytes(_ plan: InventoryPlan) -> Int64 { plan.lacking.reduce(0) { $0 + $1.size } }

    private func text(_ plan: InventoryPlan, _ head: ProvenHead, _ host: Inventory) -> String {
        let serving = host.releases.first { $0.standing == .active }
        let needed =
            plan.needs == 0
            ? "nothing: this bundle is whole"
            : "\(plan.needs) contents, of which the host has \(plan.needs - plan.lacking.count)"
        var lines = [
            "\(head.identity) for \(host.hostName), by its inventory of \(UTCSeconds.text(host.wallSeconds))",
            "  runs      \(serving.map { "\(host.product) \($0.version) (\($0.digest.short))" } ?? "nothing yet")",
            "  carry     \(plan.bytesToCarry) bytes (\(Console.size(plan.bytesToCarry)))",
            "  needs     \(needed)",
            plan.isHeld
                ? "  takes     nothing: the host has this release"
                : "  takes     \(plan.storeBytes) bytes of packs, \(plan.treeBytes) bytes unpacked",
        ]
        lines += host.rooms.map { room in
            "  room      \(room.bytes) bytes at /\(room.places.map(\.rawValue).joined(separator: " and /"))"
        }
        let manifest = head.manifest
        if !manifest.images.isEmpty { lines.append("  images    take room of their runtime, which is not known here") }
        let secrets = manifest.secrets.filter(\.value.required).keys.sorted()
        if !secrets.isEmpty { lines.append("  secrets   must be there: \(secrets.joined(separator: ", "))") }
        let units = manifest.requires.units
        if !units.isEmpty { lines.append("  units     must be active: \(units.joined(separator: ", "))") }
        lines.append("  not seen  values, secrets, ports, firewall: `bundle plan` on the host says so")
        return Console.printable(lines.joined(separator: "\n"))
    }

    private func document(_ plan: InventoryPlan, _ head: ProvenHead, _ host: Inventory) -> JSONValue {
        [
            "bytes_to_carry": .integer(plan.bytesToCarry), "held": .bool(plan.isHeld),
            "host": .string(host.host.hex), "host_name": .string(host.hostName),
            "lacking": .integer(Int64(plan.lacking.count)), "lacking_bytes": .integer(bytes(plan)),
            "name": .string(head.identity.name.text), "needs": .integer(Int64(plan.needs)),
            "problems": .array(plan.problems.map { .string($0.explanation.message) }),
            "release_digest": .string(head.releaseDigest.hex), "store_bytes": .integer(plan.storeBytes),
            "tree_bytes": .integer(plan.treeBytes), "version": .string(head.identity.version.description),
        ]
    }
}
