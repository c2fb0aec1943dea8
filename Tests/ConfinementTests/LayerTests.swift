// SPDX-License-Identifier: Apache-2.0
import Confinement
import Glibc
import HostSystem
import Testing

/// Each layer by itself keeps a process from something that it can do without it: so each of them, missing, goes red here.
@Suite(.serialized)
struct LayerTests {
    /// A layer, what must stand beside it to show it, what is tried.
    struct Row: Sendable, CustomTestStringConvertible {
        let layer: String
        let beside: String
        let act: String
        var argument = ""
        let refusal: Int32
        var testDescription: String { "\(layer): \(act)" }
    }

    private static let root: [Row] = [
        Row(layer: "identity", beside: "capabilities", act: "open", argument: "/etc/shadow", refusal: EACCES),
        Row(layer: "capabilities", beside: "", act: "hostname", refusal: EPERM),
        Row(layer: "users", beside: "", act: "hostname", refusal: EPERM),
        Row(layer: "namespaces", beside: "", act: "connect", argument: "LISTENER", refusal: ENETUNREACH),
        Row(layer: "processes", beside: "", act: "kill", argument: "PARENT", refusal: ESRCH),
        Row(layer: "empty-root", beside: "namespaces", act: "open", argument: "/etc/passwd", refusal: ENOENT),
    ]
    private static let anyone: [Row] = [
        Row(layer: "limits", beside: "", act: "open", argument: "/etc/passwd", refusal: EMFILE),
        Row(layer: "limits", beside: "", act: "memory", refusal: ENOMEM),
        Row(layer: "limits", beside: "identity,capabilities", act: "fork", refusal: EAGAIN),
    ]
    private static let landlock = [
        Row(layer: "landlock", beside: "no-new-privileges", act: "open", argument: "/etc/passwd", refusal: EACCES)
    ]

    @Test(arguments: (Probe.isRoot ? root : []) + anyone + (Probe.hasLandlock ? landlock : []))
    func missingItGoesRed(row: Row) throws {
        let listener = try SilentPort()
        let argument =
            switch row.argument {
            case "LISTENER": "\(listener.port)"
            case "PARENT": "\(getpid())"
            default: row.argument
            }
        let without = try Probe.attempt(row.beside.isEmpty ? "-" : row.beside, row.act, argument)
        #expect(without == "did", "the control: without it the attempt succeeds")
        let layers = row.beside.isEmpty ? row.layer : "\(row.layer),\(row.beside)"
        #expect(try Probe.attempt(layers, row.act, argument) == "\(row.refusal)")
    }

    /// A program of root's that anybody may run as root.
    @Test(.enabled(if: Probe.isRoot, "makes a setuid program"))
    func noProgramGivesRightsBack() throws {
        let directory = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(directory) }
        #expect(chmod(directory.text, 0o755) == 0)
        let program = directory / "setuid"
        try FileSystem.write(FileSystem.readAll(Probe.program, limit: 1 << 30), to: program, permissions: 0o755)
        #expect(chmod(program.text, 0o4755) == 0)
        let without = try Probe.attempt("identity,capabilities", "exec", program.text)
        #expect(without == "0\n", "the control: it is root again")
        #expect(
            try Probe.attempt("no-new-privileges,identity,capabilities", "exec", program.text) == "65534\n")
    }

    private static let acts: [(String, String)] = [
        ("open", "/etc/shadow"), ("open", "/"), ("create", "/tmp/x"), ("unlink", "/tmp/x"), ("chmod", "/tmp"),
        ("mkdir", "/tmp/x"), ("readlink", "/proc/self/exe"), ("socket", ""), ("unix-socket", ""), ("fork", ""),
        ("exec", "/bin/true"), ("kill", "1"), ("hostname", ""), ("executable-memory", ""), ("make-executable", ""),
        ("read-elsewhere", ""), ("write-elsewhere", ""), ("duplicate", ""),
    ]

    /// The list of calls alone, and every layer at once, with Landlock and without it: the first forbidden call is the last.
    @Test(arguments: ["calls,no-new-privileges", "all", "all-but-landlock"], acts)
    func theFirstForbiddenCallIsTheLast(layers: String, act: (String, String)) throws {
        let named =
            layers == "all-but-landlock"
            ? ConfinementLayers.all.subtracting(.landlock).names.joined(separator: ",") : layers
        let outcome = try Probe.attempt(Probe.isRoot || layers != "all-but-landlock" ? named : "all", act.0, act.1)
        #expect(outcome == "signal \(SIGSYS)")
    }

    /// Every number there is, but for those on the list: 600 children would take a minute, so a few dozen a run of each kind.
    @Test func numbersThatAreNotOnTheListAreForbidden() throws {
        #if arch(x86_64)
            // ptrace, mount, bpf, io_uring_setup, perf_event_open, process_vm_readv, userfaultfd, kexec_load, clone3,
            // openat2, memfd_create, add_key, setns, prctl, sendmsg, ioctl, open_by_handle_at, pidfd_open, x32's read.
            let numbers = [
                101, 165, 321, 425, 298, 310, 323, 246, 435, 437, 319, 248, 308, 157, 46, 16, 304, 434, 0x4000_0000,
            ]
        #else
            let numbers = [117, 40, 280, 425, 241, 270, 282, 104, 435, 437, 279, 217, 268, 167, 211, 29, 265, 434]
        #endif
        for number in numbers {
            #expect(
                try Probe.attempt("calls,no-new-privileges", "numbered", "\(number)") == "signal \(SIGSYS)",
                "system call \(number)")
        }
    }

    /// Containers that took capabilities away, or have one user: what is demanded stands, and it decodes.
    @Test(
        .enabled(if: Probe.isRoot, "takes capabilities away"),
        arguments: [
            ["/usr/bin/setpriv", "--bounding-set=-all", "--inh-caps=-all"], ["/usr/bin/unshare", "-r"],
            ["/usr/bin/setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"],
        ])
    func standsInsideOfContainers(around: [String]) throws {
        let directory = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(directory) }
        // Where another user can start it.
        #expect(chmod(directory.text, 0o755) == 0)
        let program = directory / "probe"
        try FileSystem.write(FileSystem.readAll(Probe.program, limit: 1 << 30), to: program, permissions: 0o755)
        let child = try ConfinedChild(
            program: HostPath(around[0]), arguments: around + [program.text, "serve", "all"])
        #expect(child.layers.isSuperset(of: .indispensable))
        child.end()
    }

    @Test(.enabled(if: Probe.isRoot, "needs root for the control"))
    func withoutAnyLayerItCanDoAllOfIt() throws {
        for (act, argument) in [("open", "/etc/shadow"), ("socket", ""), ("fork", ""), ("executable-memory", "")] {
            #expect(try Probe.attempt("-", act, argument) == "did")
        }
    }
}

/// A TCP port of this machine that somebody listens on.
private final class SilentPort {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) + listen(descriptor, 8) + getsockname(descriptor, $0, &size)
            }
        }
        guard result == 0 else { throw SystemCallError(call: "bind", path: "127.0.0.1", code: errno) }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
