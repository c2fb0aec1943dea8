// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Installer

/// The forwarder as its unit runs it, but that nobody holds its sockets.
struct RigForwarder {
    private let program: ForwarderProgram
    private let listeners: [InheritedListener]

    init(_ arguments: [String]) throws {
        program = ForwarderProgram(control: HostPath(arguments[0]), routes: HostPath(arguments[1]))
        listeners = try arguments.dropFirst(2).map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let colon = parts[1].lastIndex(of: ":") else { throw RigError(text: text) }
            let host = parts[1][..<colon].filter { $0 != "[" && $0 != "]" }
            let address = try RigAddress(text: "\(host)/\(parts[1][parts[1].index(after: colon)...])")
            return InheritedListener(
                name: parts[0], descriptor: try RigServer.listen(address), isIPv6: host.contains(":"))
        }
    }

    func run() async throws { try await program.run(listeners) }
}
