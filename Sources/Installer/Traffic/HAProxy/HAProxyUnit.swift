// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostRecords
package import HostSystem

/// The unit of a product's own HAProxy. It is never enabled: the boot projection starts it, with the map of the last flip.
package struct HAProxyUnit: Equatable, Sendable {
    package let product: ReleaseName
    /// The site's program.
    package let program: HostPath
    /// Of its configuration and its map.
    package let directory: HostPath

    package init(product: ReleaseName, program: HostPath, directory: HostPath) {
        self.product = product
        self.program = program
        self.directory = directory
    }

    package static func directory(_ layout: HostLayout) -> HostPath { layout.records / "haproxy" }
    package static func name(_ product: ReleaseName) -> String { "bundle-haproxy-\(product).service" }
    /// Below `/run`.
    private var runtimeDirectory: String { "bundle-haproxy-\(product)" }
    /// The socket of its master process, which alone can be asked about and reaches all workers.
    package var socket: HostPath { HostPath("/run/\(runtimeDirectory)/master") }

    /// It needs no capability: its ports are 1024 and above, as those of the slots are.
    private static let hardening = [
        "DynamicUser=yes", "AmbientCapabilities=", "CapabilityBoundingSet=", "PrivateUsers=yes",
        "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes",
        "DevicePolicy=closed", "ProtectHostname=yes", "ProtectClock=yes", "ProtectKernelModules=yes",
        "ProtectKernelTunables=yes", "ProtectKernelLogs=yes", "ProtectControlGroups=yes", "ProtectProc=invisible",
        "ProcSubset=pid", "RestrictNamespaces=yes", "RestrictRealtime=yes", "RestrictSUIDSGID=yes", "RemoveIPC=yes",
        "KeyringMode=private", "MemoryDenyWriteExecute=yes", "LockPersonality=yes", "UMask=0077",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX", "SystemCallArchitectures=native",
        "SystemCallFilter=@system-service", "SystemCallFilter=~@privileged", "SystemCallErrorNumber=EPERM",
    ]

    package func text() throws(UnitError) -> UnitText {
        var unit = UnitText(name: HAProxyUnit.name(product))
        try unit.add("Unit", "Description", "\(product): leads clients to the slot that serves")
        try unit.add("Unit", "After", "network.target")
        // Whatever kills it, it comes back: nothing of the product is reached without it.
        try unit.add("Unit", "StartLimitIntervalSec", "0")
        let argv = [
            program.text, "-Ws", "-f", HAProxyText.config(in: directory).text, "-S", "\(socket),mode,600",
        ]
        let lines = [
            ("Type", "notify"), ("ExecStart", try unit.commandLine(argv)),
            ("KillMode", "mixed"), ("Restart", "always"),
            ("RestartSec", "100ms"), ("SuccessExitStatus", "143"), ("TimeoutStopSec", "5s"),
            ("RuntimeDirectory", runtimeDirectory), ("RuntimeDirectoryMode", "0700"), ("LimitNOFILE", "131072"),
            ("SyslogIdentifier", "\(product).haproxy"),
        ]
        for (name, value) in lines { try unit.add("Service", name, value) }
        for line in HAProxyUnit.hardening {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            try unit.add("Service", String(parts[0]), String(parts[1]))
        }
        return unit
    }
}
