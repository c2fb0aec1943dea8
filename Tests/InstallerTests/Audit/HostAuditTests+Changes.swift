// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Reporting
import Testing

@testable import Installer
@testable import EngineFakes

/// What may have been done to a host, each with what an audit calls it.
extension HostAuditTests {
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let names: [String]
        /// What a repair leaves.
        let stays: [String]
        let make: @Sendable (AuditedHost) throws -> Void

        init(
            _ name: String, _ names: [String], stays: [String] = [],
            _ make: @escaping @Sendable (AuditedHost) throws -> Void
        ) {
            testDescription = name
            self.names = names
            self.stays = stays
            self.make = make
        }
    }

    /// RELEASE stands for the release's directory, EVIDENCE for its evidence.
    static let files: [Change] = [
        Change("a byte", ["files-changed RELEASE/bin/web"]) {
            try $0.write("#!/bin/sh\nexec sleep 1001\n", $0.release / "bin/web", permissions: 0o755)
        },
        Change("a file less", ["files-missing RELEASE/share/page.html"]) {
            try FileSystem.remove($0.release / "share/page.html")
        },
        Change("an empty file", ["files-changed RELEASE/share/empty"]) {
            try $0.write("x", $0.release / "share/empty")
        },
        Change("a directory less", ["files-missing RELEASE/bin"]) { try FileSystem.removeTree($0.release / "bin") },
        Change("a mode", ["files-mode RELEASE/bin/web"]) {
            try FileSystem.setPermissions($0.release / "bin/web", 0o4755)
        },
        Change("an owner", ["files-owner RELEASE/bin/web"]) {
            try FileSystem.setOwner($0.release / "bin/web", FileOwner(user: 12, group: 0))
        },
        Change("a directory's mode", ["files-mode RELEASE/share"]) {
            try FileSystem.setPermissions($0.release / "share", 0o777)
        },
        Change("a link elsewhere", ["files-changed RELEASE/bin/www"]) {
            try FileSystem.replaceSymlink($0.release / "bin/www", target: "/bin/sh")
        },
        Change("a link in place of a file", ["files-kind RELEASE/share/page.html"]) {
            try FileSystem.replaceSymlink($0.release / "share/page.html", target: "/etc/passwd")
        },
        Change("a file more", ["files-unexpected RELEASE/share/more"], stays: ["files-unexpected RELEASE/share/more"]) {
            try $0.write("x", $0.release / "share/more")
        },
        Change(
            "a document, which no pack has", ["files-changed RELEASE/docs/UPGRADE.md"],
            stays: ["files-changed RELEASE/docs/UPGRADE.md"]
        ) { try $0.write("x", $0.release / "docs/UPGRADE.md") },
        Change(
            "a release more", ["files-unexpected /opt/lake/releases/x"],
            stays: ["files-unexpected /opt/lake/releases/x"]
        ) {
            try FileSystem.createDirectories($0.layout.releases / "x")
        },
        Change("current", ["links-changed /opt/lake/current"]) {
            try FileSystem.replaceSymlink($0.layout.current, target: "/root")
        },
        Change("the slot's release", ["links-missing /opt/lake/slots/blue/release"]) {
            try FileSystem.remove($0.layout.slot(.blue) / "release")
        },
        Change("a config file", ["config-changed /opt/lake/slots/blue/config/page.html"]) {
            let path = $0.layout.slot(.blue) / "config/page.html"
            try FileSystem.write(
                Array("x".utf8), to: path, permissions: 0o640, owner: FileOwner(user: 0, group: 990))
        },
        Change("its mode", ["config-mode /opt/lake/slots/blue/config/page.html"]) {
            try FileSystem.setPermissions($0.layout.slot(.blue) / "config/page.html", 0o644)
        },
        Change("all config", ["config-missing /opt/lake/slots/blue/config"]) {
            try FileSystem.removeTree($0.layout.slot(.blue) / "config")
        },
    ]

    /// Who may write around what was signed.
    static let places: [Change] =
        [
            "opt/lake", "opt/lake/releases", "opt/lake/slots", "opt/lake/slots/blue", "var/lib/bundle",
            "var/lib/bundle/lake", "var/lib/bundle/lake/state", "var/lib/bundle/audit.log", "etc/bundle",
            "etc/bundle/trust", "etc/lake", "etc/bundle/trust/1.json",
        ].map { place in
            Change("all may write \(place)", ["places-mode /\(place)"]) {
                let held = try #require(try FileSystem.status($0.root / place))
                try FileSystem.setPermissions($0.root / place, held.permissions | 0o022)
            }
        } + [
            Change("secrets that others read", ["places-mode /etc/lake/secrets"]) {
                try FileSystem.setPermissions($0.layout.secrets, 0o750)
            },
            Change("the host's key for others", ["places-mode /etc/bundle/keys/host.key"]) {
                try FileSystem.setPermissions($0.root / "etc/bundle/keys/host.key", 0o640)
            },
            Change("somebody's releases", ["places-owner /opt/lake/releases"]) {
                try FileSystem.setOwner($0.layout.releases, FileOwner(user: 12, group: 0))
            },
            Change(
                "a policy that others write", ["places-mode /etc/bundle/policy.yaml"],
                stays: ["places-mode /etc/bundle/policy.yaml"]
            ) { try FileSystem.setPermissions($0.layout.policy, 0o666) },
            Change("/opt for all", ["places-mode /opt"], stays: ["places-mode /opt"]) {
                try FileSystem.setPermissions($0.root / "opt", 0o777)
            },
        ]

    static let unit = "etc/systemd/system/lake.web.blue.service"
    static let units: [Change] = [
        Change("a unit", ["units-changed /\(unit)"]) { try $0.write("[Service]\n", $0.root / unit) },
        Change("a unit less", ["units-missing /\(unit)"]) { try FileSystem.remove($0.root / unit) },
        Change("a masked unit", ["units-kind /\(unit)"]) {
            try FileSystem.replaceSymlink($0.root / unit, target: "/dev/null")
        },
        Change("the boot unit", ["units-changed /etc/systemd/system/bundle-boot.service"]) {
            try $0.write("x", $0.root / "etc/systemd/system/bundle-boot.service")
        },
        Change(
            "a unit more", ["units-unexpected /etc/systemd/system/lake.evil.service"],
            stays: ["units-unexpected /etc/systemd/system/lake.evil.service"]
        ) { try $0.write("[Service]\n", $0.root / "etc/systemd/system/lake.evil.service") },
        Change(
            "a unit in the place of ours", ["units-unexpected /etc/systemd/system.control/lake.web.blue.service"],
            stays: ["units-unexpected /etc/systemd/system.control/lake.web.blue.service"]
        ) { try $0.write("[Service]\n", $0.root / "etc/systemd/system.control/lake.web.blue.service") },
        Change("a drop-in", ["drop-ins-unexpected /\(unit).d/a.conf"], stays: ["drop-ins-unexpected /\(unit).d/a.conf"])
        {
            try $0.write("[Service]\n", $0.root / "\(unit).d/a.conf")
        },
        Change(
            "one for a whole kind", ["drop-ins-unexpected /run/systemd/system/service.d/a.conf"],
            stays: ["drop-ins-unexpected /run/systemd/system/service.d/a.conf"]
        ) { try $0.write("[Service]\n", $0.root / "run/systemd/system/service.d/a.conf") },
        Change("no user", ["account-missing _lake"]) {
            try $0.write("root:x:0:0::/:/bin/sh\n", $0.root / "etc/passwd")
        },
        Change("a user with a shell", ["account-changed _lake"], stays: ["account-changed _lake"]) {
            try $0.write("root:x:0:0::/:/bin/sh\n_lake:x:990:990::/:/bin/sh\n", $0.root / "etc/passwd")
        },
        Change("a user of root's group", ["account-changed _lake"], stays: ["account-changed _lake"]) {
            try $0.write("root:x:0:_lake\n_lake:x:990:\n", $0.root / "etc/group")
        },
        Change("the user's file", ["account-changed /etc/sysusers.d/bundle-lake.conf"]) {
            try $0.write("x", $0.layout.sysusersFile)
        },
        Change("no rules", ["traffic-missing table inet bundle_lake"]) { $0.host.traffic.moment = nil },
        Change("a port elsewhere", ["traffic-changed port 8080"]) {
            $0.host.traffic.moment?.everybody[8080] = [Endpoint(address: "169.254.77.2", port: 8080)]
        },
        Change("a port more", ["traffic-unexpected port 22"]) {
            $0.host.traffic.moment?.everybody[22] = [Endpoint(address: "169.254.77.1", port: 22)]
        },
        Change(
            "a service that is down", ["processes-stopped lake.web.blue.service"],
            stays: ["processes-stopped lake.web.blue.service"]
        ) { $0.host.services.moment.running = [:] },
    ]

    /// What cannot be mended by what was signed, because it is what proves that.
    static let damage: [Change] = [
        Change("the manifest", ["evidence-changed EVIDENCE/manifest.json"]) {
            try $0.write("{}", $0.evidence / "manifest.json")
        },
        Change("the list of files", ["evidence-changed EVIDENCE/files.sha256"]) {
            try $0.write("", $0.evidence / "files.sha256")
        },
        Change("the description", ["evidence-changed EVIDENCE/README.txt"]) {
            try $0.write("bundle/9\n", $0.evidence / "README.txt")
        },
        Change("the index of packs", ["evidence-changed EVIDENCE/packs.index"]) {
            try $0.write("", $0.evidence / "packs.index")
        },
        Change("a bill", ["evidence-changed EVIDENCE/sbom/release.cdx.json"]) {
            try $0.write("", $0.evidence / "sbom/release.cdx.json")
        },
        Change("the signed list", ["evidence-forged EVIDENCE"]) {
            let path = $0.evidence / "SHA256SUMS"
            var bytes = try FileSystem.readAll(path, limit: 1 << 20)
            bytes[0] = bytes[0] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
            try FileSystem.write(bytes, to: path)
        },
        Change("the signed list, so that it is none", ["evidence-changed EVIDENCE/SHA256SUMS"]) {
            let path = $0.evidence / "SHA256SUMS"
            var bytes = try FileSystem.readAll(path, limit: 1 << 20)
            bytes[0] = UInt8(ascii: "x")
            try FileSystem.write(bytes, to: path)
        },
        Change("no signature", ["evidence-forged EVIDENCE"]) {
            try FileSystem.removeTree($0.evidence / "signatures")
        },
        Change("no evidence", ["evidence-missing EVIDENCE"]) { try FileSystem.removeTree($0.evidence) },
        Change("the record", ["state-broken /var/lib/bundle/lake/state"]) { try $0.write("x\n", $0.layout.state) },
        Change("a journal", ["state-broken /var/lib/bundle/lake/history/000001.journal"]) {
            try $0.write("x\nx\n", $0.layout.history / "000001.journal")
        },
        Change("a journal less", ["state-missing /var/lib/bundle/lake/history"]) {
            try FileSystem.rename($0.layout.history / "000001.journal", to: $0.layout.history / "000002.journal")
        },
        Change("the log", ["log-broken /var/lib/bundle/audit.log"]) {
            try $0.log("status")
            let path = AuditLog(root: $0.root).path
            var bytes = try FileSystem.readAll(path, limit: 1 << 20)
            bytes[100] ^= 1
            try FileSystem.write(bytes, to: path, permissions: 0o600)
        },
        Change("the log's end", ["log-missing /var/lib/bundle/audit.log"]) {
            try $0.write("", AuditLog(root: $0.root).path, permissions: 0o600)
        },
    ]

}
