// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// The default driver: one nftables table of the product's own, and addresses on `lo`.
package struct NFTablesSwitch: PreviewingSwitch, RehearsingSwitch {
    package private(set) var text: NFTablesText
    private let addresses: SlotAddresses
    private let runner: any CommandRunner
    /// Whether `remove` takes the addresses too.
    private var ownsAddresses = true

    package init(product: ReleaseName, addresses: SlotAddresses, runner: any CommandRunner) {
        text = NFTablesText(product: product, addresses: addresses)
        self.addresses = addresses
        self.runner = runner
    }

    package var rehearsal: any TrafficSwitch {
        var sibling = self
        sibling.text = text.rehearsal
        sibling.ownsAddresses = false
        return sibling
    }

    package func ensure() async throws -> Bool {
        for command in addresses.assignV4 {
            let result = try await runner.run(command)
            guard result.status == 0 else { throw NFTablesSwitch.noAddress(command, result) }
        }
        var hasIPv6 = true
        for command in addresses.assignV6 where hasIPv6 {
            // A host booted with ipv6.disable=1 is no broken host.
            hasIPv6 = try await runner.run(command).status == 0
        }
        // Rules that are in place are left alone: a flush of a chain, however brief, is not for a busy host.
        let state = try await current() ?? TrafficState(isWhole: false)
        if !state.isWhole { try await apply(text.ensure(keeping: state)) }
        return hasIPv6
    }

    package func flip(to table: TrafficTable) async throws { try await apply(text.flip(to: table)) }

    package func hold(_ held: HeldPorts, for span: TimeSpan) async throws {
        guard !held.isEmpty else { return }
        try await apply(text.hold(held, for: span))
    }

    package func release(_ held: HeldPorts) async throws {
        guard !held.isEmpty else { return }
        try await apply(text.release(held))
    }

    package func preview(_ table: TrafficTable, from networks: [ClientNetwork]) async throws {
        try await apply(text.preview(table, from: networks))
    }

    package func canary(_ table: TrafficTable, share: Int, for span: TimeSpan) async throws {
        try await apply(text.canary(table, share: share, for: span))
    }

    package func endCanary() async throws { try await apply(text.endCanary) }

    package func current() async throws -> TrafficState? {
        let result = try await runner.run(
            Command(["nft", "-j", "list", "table", "inet", text.table], timeoutSeconds: 30))
        // nft(8) has one status for every fault; that the table is not there is said in words alone.
        if result.status != 0, result.errorText.contains("No such file or directory") { return nil }
        guard result.status == 0 else { throw NFTablesSwitch.refused(result) }
        return try NFTablesListing(json: result.output).state
    }

    package func remove() async throws {
        try await apply(text.remove)
        for command in addresses.unassign where ownsAddresses { _ = try await runner.run(command) }
    }

    private func apply(_ transaction: String) async throws {
        let result = try await runner.run(
            Command(["nft", "-f", "-"], input: Array(transaction.utf8), timeoutSeconds: 30))
        guard result.status == 0 else { throw NFTablesSwitch.refused(result) }
    }

    private static func refused(_ result: CommandResult) -> TrafficError {
        .refused(status: result.status, message: String(result.errorText.prefix(500)))
    }

    private static func noAddress(_ command: Command, _ result: CommandResult) -> TrafficError {
        let address = command.argv.first { $0.contains("/") } ?? ""
        return .noAddress(address: address, message: String(result.errorText.prefix(200)))
    }
}

extension NFTablesSwitch: KernelRules {
    func kernelTable(_ table: TrafficTable) -> TrafficTable { table }

    func rewrite() async throws {
        let state = try await current() ?? TrafficState(isWhole: false)
        try await apply(text.ensure(keeping: state))
    }
}
