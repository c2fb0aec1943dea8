// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import HostSystem
import Registries

/// How a verb reaches registries.
struct RegistryOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("Names and passwords, as docker and podman keep them.", valueName: "file"),
        completion: .file())
    var credentials: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Believe these certificate authorities too, beside the system's.", valueName: "file"),
        completion: .file())
    var ca: String?

    @Flag(name: .long, help: "Speak plain HTTP, to other machines too.") var plainHTTP = false

    /// - Parameter usual: looks where docker and podman keep credentials when no file is named.
    /// - Throws: `RegistryError`, `SystemCallError`.
    func access(usual: Bool) throws -> RegistryAccess {
        let named = credentials ?? (usual ? RegistryOptions.environment("REGISTRY_AUTH_FILE") : nil)
        let files = named.map { [HostPath($0)] } ?? []
        return try RegistryAccess(
            credentials: try RegistryCredentials(
                files: files, usual: usual && files.isEmpty ? RegistryOptions.usualFiles() : []),
            authority: ca.map { HostPath($0) }, plainHTTP: plainHTTP)
    }

    /// containers-auth.json(5); of several, the first that knows a registry counts.
    private static func usualFiles() -> [HostPath] {
        let podman = environment("XDG_RUNTIME_DIR").map { HostPath($0) / "containers/auth.json" }
        let docker =
            environment("DOCKER_CONFIG").map { HostPath($0) / "config.json" }
            ?? environment("HOME").map { HostPath($0) / ".docker/config.json" }
        return [podman, docker].compactMap(\.self)
    }

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
