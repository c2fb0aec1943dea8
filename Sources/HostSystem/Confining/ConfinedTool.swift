// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// A program of the system that is to work on files which nobody has proven: what it may touch, and how much of it (trust §13).
/// It is run by way of this program, which takes its own rights away and then becomes it.
package struct ConfinedTool: Equatable, Sendable {
    /// The hidden word that starts it: `bundle __tool LIMITS DIRECTORY COUNT READABLE… PROGRAM ARGUMENT…`. No verb.
    package static let word = "__tool"
    /// What it ends with where it could not be confined or started; no tool that we run ends so.
    package static let notConfined = 125

    package var program: HostPath
    package var arguments: [String]
    /// The directory that it works in, and the only one where it may write.
    package var writable: HostPath
    /// Beside the system's programs and libraries.
    package var readable: [HostPath]
    package var memoryBytes: Int
    /// Of the largest file that it may write.
    package var fileBytes: Int
    package var processorSeconds: Int

    package init(
        _ program: HostPath, _ arguments: [String], writable: HostPath, readable: [HostPath] = [], memoryBytes: Int,
        fileBytes: Int, processorSeconds: Int
    ) {
        self.program = program
        self.arguments = arguments
        self.writable = writable
        self.readable = readable
        self.memoryBytes = memoryBytes
        self.fileBytes = fileBytes
        self.processorSeconds = processorSeconds
    }

    /// - Parameter launcher: this program, but in tests.
    package func command(timeoutSeconds: Int, launcher: HostPath = "/proc/self/exe") -> Command {
        Command(
            [
                launcher.text, ConfinedTool.word, "\(memoryBytes)", "\(fileBytes)", "\(processorSeconds)",
                writable.text, "\(readable.count)",
            ] + readable.map(\.text) + [program.text] + arguments, timeoutSeconds: timeoutSeconds)
    }

    /// - Parameter arguments: of the process, without its name; nil when they are not `command`'s.
    package init?(_ arguments: [String]) {
        guard arguments.count >= 7, arguments[0] == ConfinedTool.word, let memory = Int(arguments[1]),
            let file = Int(arguments[2]), let seconds = Int(arguments[3]), let count = Int(arguments[5]), count >= 0,
            arguments.count >= 7 + count, memory > 0, file > 0, seconds > 0
        else { return nil }
        self.init(
            HostPath(arguments[6 + count]), Array(arguments[(7 + count)...]), writable: HostPath(arguments[4]),
            readable: arguments[6..<6 + count].map { HostPath($0) }, memoryBytes: memory, fileBytes: file,
            processorSeconds: seconds)
    }

    private static let system: [HostPath] = ["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache"]

    /// This process, which has one thread, becomes the program. It returns where that cannot be.
    package func become() throws(SystemCallError) {
        try ConfinedTool.demand("close_range", bundle_close_from(3))
        try ConfinedTool.demand("prctl", bundle_forbid_new_privileges())
        let layers = Confinement.unshare([.users, .namespaces, .processes])
        var isHeld = layers.contains(.namespaces) && bundle_read_only_but(writable.text) == 0
        try ConfinedTool.demand("chdir", chdir(writable.text))
        try ConfinedTool.demand("capset", bundle_drop_capabilities())
        try ConfinedTool.demand("fork", bundle_go_on_in_child())
        try ConfinedTool.demand("setrlimit", bundle_limit_memory(UInt(memoryBytes)))
        try ConfinedTool.demand("setrlimit", bundle_limit_processor_time(UInt(processorSeconds)))
        try ConfinedTool.demand("setrlimit", bundle_limit_tool(UInt(fileBytes)))
        if allowPaths() { isHeld = true }
        // One wall around what it may write is demanded; which of the two there is depends on the kernel and the container.
        guard isHeld else { throw SystemCallError(call: "landlock_create_ruleset", path: writable.text, code: ENOSYS) }
        try ConfinedTool.demand("seccomp", bundle_filter_calls_of_tool())
        var words: [UnsafeMutablePointer<CChar>?] = ([program.text] + arguments).map { strdup($0) } + [nil]
        // Each arena of malloc(3) maps 128 MiB, whatever is used of it.
        var environment: [UnsafeMutablePointer<CChar>?] = [
            strdup("LC_ALL=C.UTF-8"), strdup("MALLOC_ARENA_MAX=1"), nil,
        ]
        execve(program.text, &words, &environment)
        throw SystemCallError(call: "execve", path: program.text, code: errno)
    }

    private func allowPaths() -> Bool {
        let version = bundle_landlock_version()
        guard version > 0 else { return false }
        let paths = (ConfinedTool.system + readable).map { strdup($0.text) }
        defer { for path in paths { free(path) } }
        let list: [UnsafePointer<CChar>?] = paths.map { $0.map { UnsafePointer($0) } } + [nil]
        return bundle_allow_paths(version, list, writable.text) == 0
    }

    private static func demand(_ call: String, _ result: Int32) throws(SystemCallError) {
        guard result == 0 else { throw SystemCallError(call: call, path: "", code: errno) }
    }
}
