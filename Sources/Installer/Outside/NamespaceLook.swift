// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import HostSystem

/// The real look from outside: a network namespace without a name, on a wire to the host.
///
/// The namespace lives by a descriptor of this process, the wire and its addresses live by the namespace: when the process
/// dies, however it dies, they are gone. Only the nftables table of a look under way can be left, which touches no packet
/// without its wire, and which the next look takes away.
package struct NamespaceLook: OutsideLook {
    private let runner: any CommandRunner

    package init(runner: any CommandRunner) { self.runner = runner }

    package func open() async throws -> any OutsideView {
        await sweep()
        let namespace: NetworkNamespace
        do {
            namespace = try await NetworkNamespace.create()
        } catch let error as SystemCallError {
            throw OutsideError.impossible(what: error.call, message: "errno \(error.code)")
        }
        let token = UInt32.random(in: .min ... .max)
        guard let wire = OutsideWire.choose(token: token, routes: try await routes()) else {
            throw OutsideError.impossible(what: "addresses", message: "none is free")
        }
        for command in wire.lay(into: namespace.path) { try await runner.need(command) }
        var hasIPv6 = try FileSystem.exists("/proc/net/if_inet6")
        for command in wire.lay6(into: namespace.path) where hasIPv6 {
            hasIPv6 = try await runner.run(command).status == 0
        }
        return NamespaceView(runner: runner, namespace: namespace, wire: wire, hasIPv6: hasIPv6)
    }

    /// What killed runs left.
    package func sweep() async {
        let listing = try? await runner.run(Command(["nft", "list", "tables"], timeoutSeconds: 30)).outputText
        for table in OutsideTable.left(in: listing ?? "", isThere: InterfaceAddress.hasInterface) {
            _ = try? await runner.run(Command(["nft", "delete", "table", "inet", table], timeoutSeconds: 30))
        }
    }

    private struct Route: Decodable {
        var dst: String?
    }

    private func routes() async throws -> [String] {
        let command = Command(["ip", "-j", "-4", "route", "show", "table", "all"], timeoutSeconds: 10)
        let output = try await runner.need(command).output
        let routes = try? JSONDecoder().decode([Route].self, from: Data(output))
        return routes?.compactMap(\.dst) ?? []
    }
}

extension CommandRunner {
    @discardableResult
    fileprivate func need(_ command: Command) async throws -> CommandResult {
        let result = try await run(command)
        guard result.status == 0 else {
            throw OutsideError.impossible(
                what: command.argv.joined(separator: " "), message: String(result.errorText.prefix(200)))
        }
        return result
    }
}
