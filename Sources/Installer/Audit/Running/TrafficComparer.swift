// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Reporting

/// Compares what leads clients here with what the record says. Rules are compared line by line with what this very kernel
/// makes of ours: they are loaded into a network namespace of their own, which ends with the program that lists them.
struct TrafficComparer {
    let product: ReleaseName
    let addresses: SlotAddresses
    let sheet: AuditSheet
    let traffic: any TrafficSwitch
    let runner: any CommandRunner

    func compare(_ record: StateRecord) async {
        guard record.active != nil else { return }
        sheet.tally.ports += record.traffic.count
        let text = NFTablesText(product: product, addresses: addresses)
        let place = "table inet \(text.table)"
        let state: TrafficState?
        do { state = try await traffic.current() } catch {
            sheet.drift(
                .traffic, .broken, at: place, found: "\(error)", remedy: "nft list \(place)", mends: [])
            return
        }
        await compareAddresses()
        guard let state else {
            sheet.drift(.traffic, .missing, at: place, expected: "\(record.traffic.count) ports", mends: [.traffic])
            return
        }
        let wrong = state.portsThatDiffer(from: record.table)
        for port in wrong { compare(port, state, record.table) }
        let lines = await differences(text, record.table)
        for line in lines where wrong.isEmpty || !line.isOfPorts { add(line, place) }
        if lines.isEmpty, wrong.isEmpty, !state.isWhole {
            sheet.drift(.traffic, .changed, at: place, expected: "all rules of the product", mends: [.traffic])
        }
    }

    private func add(_ line: RulesetLine, _ place: String) {
        let block = "\(place) \(line.block)"
        sheet.drift(
            .traffic, line.isExpected ? .missing : .unexpected, at: block, expected: line.isExpected ? line.text : nil,
            found: line.isExpected ? nil : line.text, mends: [.traffic])
    }

    private func compare(_ port: Int, _ state: TrafficState, _ table: TrafficTable) {
        func words(_ ends: Set<Endpoint>?) -> String {
            guard let ends, !ends.isEmpty else { return "nowhere" }
            return ends.map(\.description).sorted().joined(separator: ", ")
        }
        let entry = table.entries.first { $0.port == port }
        let found = (state.everybody[port] ?? []).union(state.machine[port] ?? [])
        sheet.drift(
            .traffic, entry == nil ? .unexpected : .changed, at: "port \(port)",
            expected: words(entry.map { Set([$0.v4, $0.v6].compactMap { $0 }) }), found: words(found),
            mends: [.traffic])
    }

    private func compareAddresses() async {
        let command = Command(["ip", "-o", "address", "show", "dev", "lo"], timeoutSeconds: 10)
        guard let shown = await sheet.ask(command, by: runner, for: .traffic), shown.contains("127.0.0.1/") else {
            return
        }
        for slot in [Slot.blue, .green, nil] where !shown.contains(" \(addresses.v4(slot))/32 ") {
            sheet.drift(
                .traffic, .missing, at: "lo", expected: "address \(addresses.v4(slot))/32", mends: [.traffic])
        }
    }

    // MARK: - Rules

    /// One line of a listing that is in one and not in the other.
    struct RulesetLine: Equatable {
        var block: String
        var text: String
        var isExpected: Bool
        var isOfPorts: Bool { NFTablesText.portChains.contains { block == "chain \($0)" } }
    }

    private func differences(_ text: NFTablesText, _ table: TrafficTable) async -> [RulesetLine] {
        guard let driver = traffic as? any KernelRules else { return [] }
        let kernel = driver.kernelTable(table)
        // In a namespace of its own; where none can be made, the count of rules is all that is looked at.
        let mirror = Command(
            ["unshare", "--net", "--", "/bin/sh", "-c", "nft -f - && exec nft list table inet \(text.table)"],
            input: Array((text.ensure() + text.flip(to: kernel)).utf8), timeoutSeconds: 30)
        let list = Command(["nft", "list", "table", "inet", text.table], timeoutSeconds: 30)
        guard let wanted = try? await runner.run(mirror), wanted.status == 0,
            let found = await sheet.ask(list, by: runner, for: .traffic)
        else { return [] }
        return TrafficComparer.differences(expected: wanted.outputText, found: found)
    }

    /// Of two listings by one nft. Elements of sets come and go, and a canary's share is its own.
    static func differences(expected: String, found: String) -> [RulesetLine] {
        let (wanted, there) = (blocks(expected), blocks(found))
        var lines: [RulesetLine] = []
        for block in Set(wanted.keys).union(there.keys).sorted() where block != "chain \(NFTablesText.shareChain)" {
            let (one, other) = (wanted[block] ?? [], there[block] ?? [])
            guard one != other || (wanted[block] == nil) != (there[block] == nil) else { continue }
            for change in other.difference(from: one) {
                switch change {
                case .insert(_, let text, _): lines.append(RulesetLine(block: block, text: text, isExpected: false))
                case .remove(_, let text, _): lines.append(RulesetLine(block: block, text: text, isExpected: true))
                }
            }
            if one.isEmpty, other.isEmpty {
                lines.append(RulesetLine(block: block, text: block, isExpected: there[block] == nil))
            }
        }
        return lines
    }

    /// `chain guard` → its lines.
    private static func blocks(_ listing: String) -> [String: [String]] {
        var blocks: [String: [String]] = [:]
        var name: String?
        var inElements = false
        for line in listing.split(separator: "\n") {
            let text = line.drop { $0 == "\t" || $0 == " " }
            if line.hasPrefix("\t\t"), let name {
                if text.hasPrefix("elements =") { inElements = true }
                if !inElements { blocks[name, default: []].append(String(text)) }
                if inElements, text.hasSuffix("}") { inElements = false }
            } else if line.hasPrefix("\t"), text.hasSuffix("{") {
                let opened = text.dropLast(2)
                name = String(opened)
                blocks[String(opened)] = []
            }
        }
        return blocks
    }
}

/// A driver with rules of the product's in the kernel.
protocol KernelRules {
    /// Where they lead, which may be a program in front of the slots.
    func kernelTable(_ table: TrafficTable) -> TrafficTable
    /// Writes every rule anew in one transaction; ports go on leading where they lead.
    func rewrite() async throws
    /// What a program in front is told, and its units.
    func files(for table: TrafficTable) throws -> [HostPath: [UInt8]]
}

extension KernelRules {
    func files(for table: TrafficTable) throws -> [HostPath: [UInt8]] { [:] }
}
