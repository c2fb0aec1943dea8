// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem

/// The work of an installation runs in a transient unit of its own: this process becomes the one that waits for it. A
/// terminal that goes away takes nothing with it, and whoever kills the work, `ExecStopPost` recovers at once: the old
/// release must not wait for a person (promise 3).
enum TransientRun {
    /// Set inside of the unit; its value is the login uid, which a unit does not inherit.
    private static let marker = "BUNDLE_UNIT_FOR"

    static var isInside: Bool { getenv(marker) != nil }

    /// Who asked for it, before the unit.
    static var loginUser: UInt32? { getenv(marker).flatMap { UInt32(String(cString: $0)) } }

    /// Moves into a unit; returns where there is no systemd, or when it is inside already.
    /// - Parameter arguments: of this process, without its name.
    static func enter(verb: String, arguments: [String]) throws {
        signal(SIGPIPE, SIG_IGN)
        guard !isInside, geteuid() == 0, try FileSystem.exists("/run/systemd/system"),
            let systemdRun = SystemCommandRunner.locate("systemd-run")
        else { return }
        let login = HostFacts.gather().loginUser.map(String.init) ?? ""
        let program = try FileSystem.resolve("/proc/self/exe").text
        let here = try FileSystem.resolve(".").text
        throw ProgramReplacement.replace(
            with: systemdRun, command(verb, program: program, directory: here, login: login, arguments: arguments))
    }

    /// systemd-run(1). `--pipe` hands over our streams; the unit's exit status becomes ours.
    static func command(_ verb: String, program: String, directory: String, login: String, arguments: [String])
        -> [String]
    {
        [
            "systemd-run", "--quiet", "--collect", "--pipe", "--wait", "--service-type=exec",
            "--unit=bundle-\(verb)-\(ProcessFacts.id)", "--description=bundle \(verb)",
            "--working-directory=\(directory)", "--setenv=\(marker)=\(login)",
            "--property=ExecStopPost=-/usr/lib/bundle/bundle recover --if-needed", "--property=TimeoutStopSec=10min",
            "--", program,
        ] + arguments
    }
}
