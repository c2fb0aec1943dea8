// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostRecords
package import HostSystem

/// The units by which systemd holds a product's ports, and the forwarder behind them. None is enabled: the boot projection
/// starts them.
///
/// A running service is given no further socket, and a socket is not started while its service runs (systemd.socket(5)). So
/// when ports come or go, a second forwarder with all of them starts beside the first, which ends with its
/// last connection: `Turn`.
package struct SocketUnits: Equatable, Sendable {
    /// More than two: one that drains keeps its name as long as its last client stays.
    package enum Turn: String, CaseIterable, Sendable {
        case a, b, c, d, e, f, g, h
    }

    package let layout: HostLayout
    package let turn: Turn
    package let ports: [HeldPort]
    package let routes: HostPath

    /// listen(2) cuts it to net.core.somaxconn.
    static let backlog: Int32 = 65535

    /// Of the routes that a forwarder begins with.
    package static func directory(_ layout: HostLayout) -> HostPath { layout.records / "forward" }

    package static func service(_ product: ReleaseName, _ turn: Turn) -> String {
        "bundle-forward-\(product).\(turn.rawValue).service"
    }
    package static func socket(_ product: ReleaseName, _ port: Int) -> String {
        "bundle-forward-\(product).\(port).socket"
    }
    /// No product's name has a dot.
    package static func isOurs(_ unit: String, of product: ReleaseName) -> Bool {
        unit.hasPrefix("bundle-forward-\(product).") && (unit.hasSuffix(".socket") || unit.hasSuffix(".service"))
    }

    /// Below `/run`.
    static func runtimeDirectory(_ product: ReleaseName, _ turn: Turn) -> String {
        "bundle-forward-\(product).\(turn.rawValue)"
    }
    package static func control(_ layout: HostLayout, _ turn: Turn) -> HostPath {
        layout.root / "run" / runtimeDirectory(layout.product, turn) / "control"
    }

    private var product: ReleaseName { layout.product }
    package var service: String { SocketUnits.service(product, turn) }
    package var sockets: [String] { ports.map { SocketUnits.socket(product, $0.port) } }

    package func texts() throws(UnitError) -> [UnitText] {
        var texts = [try serviceText()]
        for port in ports { texts.append(try socketText(port)) }
        return texts
    }

    private func socketText(_ port: HeldPort) throws(UnitError) -> UnitText {
        var unit = UnitText(name: SocketUnits.socket(product, port.port))
        try unit.add("Unit", "Description", "\(product): port \(port.port), held for whichever slot serves")
        for place in port.listens { try unit.add("Socket", "ListenStream", place) }
        for (name, value) in [
            ("BindIPv6Only", "ipv6-only"), ("FreeBind", "yes"), ("Backlog", "\(SocketUnits.backlog)"),
            ("FileDescriptorName", "\(port.port)"), ("Service", service),
            // A forwarder that dies and dies again must not close the socket for good.
            ("TriggerLimitIntervalSec", "0"),
        ] { try unit.add("Socket", name, value) }
        return unit
    }

    private func serviceText() throws(UnitError) -> UnitText {
        var unit = UnitText(name: service)
        try unit.add("Unit", "Description", "\(product): leads clients to the slot that serves")
        try unit.add("Unit", "StartLimitIntervalSec", "0")
        let control = SocketUnits.control(layout, turn)
        let argv =
            [layout.tool.text, "forward", "--control", control.text, "--routes", routes.text]
            + ["--language", "\(ForwarderProgram.language)"]
        for (name, value) in [
            ("Type", "exec"), ("ExecStart", try unit.commandLine(argv)),
            // Not when it has drained; somebody who waits in a socket starts it all the same.
            ("Restart", "on-failure"), ("RestartSec", "100ms"), ("TimeoutStopSec", "5s"),
            ("RuntimeDirectoryPreserve", "restart"),
            ("RuntimeDirectory", SocketUnits.runtimeDirectory(product, turn)), ("RuntimeDirectoryMode", "0700"),
            ("LimitNOFILE", "131072"), ("SyslogIdentifier", "\(product).forward"), ("DynamicUser", "yes"),
        ] { try unit.add("Service", name, value) }
        for socket in sockets { try unit.add("Service", "Sockets", socket) }
        // Its ports are bound by systemd, so it needs no capability at all.
        for directive in try Hardening(Sandbox(), unit: service).directives {
            try unit.add("Service", directive.name, directive.value)
        }
        return unit
    }
}
