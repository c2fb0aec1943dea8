// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Installer

extension PreflightProblem: Explained {
    var explanation: Explanation {
        hostExplanation ?? runtimeExplanation ?? sizesExplanation ?? releaseExplanation ?? siteExplanation
            ?? Explanation("\(self)")
    }

    private var hostExplanation: Explanation? {
        switch self {
        case .notRoot: Explanation("root is needed", hint: "run it through sudo")
        case .wrongArchitecture(let release, let machine):
            Explanation(
                "the bundle is for \(release.rawValue), this machine is \(machine)", hint: "carry the bundle for it")
        case .systemdTooOld(let found, let needed):
            Explanation("systemd \(needed) is needed, \(found.map { "\($0) is here" } ?? "none answers here")")
        case .nftTooOld(let found, let needed):
            Explanation(
                "nftables \(Self.dotted(needed)) is needed, \(found.map { Self.dotted($0) + " is here" } ?? "nft is not here")",
                hint: "install the package nftables")
        case .kernelTooOld(let found, let needed): Explanation("kernel \(needed) is needed, \(found) runs")
        case .commandMissing(let name): Explanation("the program \(name) is missing", hint: "install its package")
        case .noUnifiedControlGroups(let service):
            Explanation(
                "\(service) has a fixed port, and this host has no unified control groups (cgroup v2)",
                hint: "boot with systemd.unified_cgroup_hierarchy=1")
        case .containerUserTaken(let service, let number, let name, let isGroup):
            Explanation(
                "\(service) asks for \(isGroup ? "group" : "user") \(number), which is \(name) on this host",
                hint: "a release without `user:` runs as a user of its own")
        case .unitNotActive(let unit): Explanation("\(unit) is not active", hint: "systemctl start \(unit)")
        case .noSpace(let path, let needed, let free):
            Explanation(
                "\(path): \(Self.size(needed)) needed, \(Self.size(free)) free", hint: "`bundle prune` frees some")
        case .noInodes(let path, let needed, let free): Explanation("\(path): \(needed) inodes needed, \(free) free")
        case .readOnly(let path): Explanation("\(path): the file system is read-only")
        default: nil
        }
    }

    private var releaseExplanation: Explanation? {
        switch self {
        case .bundleTooOld(let found, let needed):
            Explanation("bundle \(needed) is needed, this is \(found)", hint: "carry the newer tool with the release")
        case .upgradeFromTooOld(let installed, let oldest):
            Explanation(
                "\(installed) is installed; this release replaces \(oldest) or newer",
                hint: "install one in between first")
        case .dataMovedOn(let job, let newer, let offered):
            Explanation(
                "the job \(job) of \(newer) changed data for good: \(offered) cannot use it any more",
                hint:
                    "go forward to a newer release, or restore the data and /var/lib/bundle/NAME/jobs from one backup made before \(newer)"
            )
        case .belowFloor(let version, let floor):
            Explanation(
                "\(version) is older than \(floor), which was good here, and was never here itself",
                hint: "where it has to be, and the policy lets you: --override downgrade --reason TEXT",
                status: .refusedByTrust)
        case .otherDigest(let version, let installed, let offered):
            Explanation(
                "\(version) is known here as \(installed.short), this bundle calls \(offered.short) by the same version",
                hint:
                    "one of the two is not what it says: ask the release's authors (`bundle prune --staged` forgets what is only staged)",
                status: .refusedByTrust)
        case .interpreterMissing(let path, let executables):
            Explanation("\(path) is missing; \(Self.names(executables)) needs it to start")
        case .libraryMissing(let name, let executables):
            Explanation("the library \(name) is missing; \(Self.names(executables)) needs it")
        case .glibcTooOld(let found, let needed, let executables):
            Explanation("glibc \(needed) is needed by \(Self.names(executables)), \(found ?? "none") is here")
        default: nil
        }
    }

    private var siteExplanation: Explanation? {
        switch self {
        case .portTaken(let port, let use, let listener, let owner):
            Explanation(
                "port \(port) (\(use)) is taken: \(listener)\(owner.map { ", \($0.program), process \($0.process)" } ?? "")"
            )
        case .blockedFromOutside(let ports, let answer, let place, let opening):
            Explanation(
                "\(OutsideWords.ports(ports)) not reached from outside (\(answer.words))"
                    + (place.map { ": the firewall turns clients away in \($0)" } ?? ""),
                hint: opening ?? OutsideWords.unknown)
        case .portRewritten(let port, let use, let rule):
            Explanation(
                "port \(port) (\(use)) is taken: a rule sends its clients elsewhere: \(rule)",
                hint: "take that away, a container's published port perhaps, or move one of them in host.yaml")
        case .portOfOtherProduct(let port, let use, let product):
            Explanation(
                "port \(port) (\(use)) belongs to \(product) on this host", hint: "move one of them in host.yaml")
        case .portTwice(let port, let uses): Explanation("port \(port) is wanted by \(uses.joined(separator: " and "))")
        case .userNotOurs(let name): Explanation("the user \(name) exists and is not ours")
        case .unitNotOurs(let path): Explanation("\(path) exists and is not ours")
        case .directoryNotOurs(let path): Explanation("\(path) exists and is not ours", hint: "move it away")
        case .secretMissing(let id, let path, let about):
            Explanation(
                "the secret \(id)\(about.map { " (\($0))" } ?? "") is missing", hint: "put it into \(path), mode 0600")
        case .secretExposed(_, let path, let permissions, let user):
            Explanation(
                "\(path) has mode 0\(String(permissions, radix: 8)) and owner \(user)",
                hint: "chown root and chmod 0600 it")
        case .secretNotAFile(_, let path): Explanation("\(path) is not a regular file")
        default: nil
        }
    }

    static func dotted(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ".") }

    private static func names(_ paths: [ReleasePath]) -> String {
        let shown = paths.prefix(3).map(\.text).joined(separator: ", ")
        return paths.count > 3 ? "\(shown) and \(paths.count - 3) more" : shown
    }

    /// `1.5 GiB`, `12 MiB`, `800 B`; rounded up, because it is what is needed.
    static func size(_ bytes: Int64) -> String {
        for (unit, shift) in [("GiB", Int64(30)), ("MiB", 20), ("KiB", 10)] where bytes >= 1 << shift {
            let tenths = (bytes * 10 + (1 << shift) - 1) >> shift
            return tenths % 10 == 0 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return "\(bytes) B"
    }
}
