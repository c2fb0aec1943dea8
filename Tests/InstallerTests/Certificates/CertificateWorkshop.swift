// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// Real certificates, made by openssl and valid for 100 days from now.
struct CertificateWorkshop {
    let directory: HostPath

    init() throws { directory = try FileSystem.createTemporaryDirectory() }

    func remove() { _ = try? FileSystem.removeTree(directory) }

    /// - Parameter kind: arguments of `-newkey`, like `rsa:2048`.
    func make(_ name: String, _ kind: [String], names: String?) async throws {
        var argv = ["openssl", "req", "-x509", "-nodes", "-days", "100", "-subj", "/CN=\(name).example"]
        argv += ["-keyout", path("\(name).key"), "-out", path("\(name).crt"), "-newkey"] + kind
        if let names { argv += ["-addext", "subjectAltName=\(names)"] }
        try await run(argv)
    }

    func run(_ argv: [String]) async throws {
        let result = try await SystemCommandRunner().run(Command(argv, timeoutSeconds: 60))
        guard result.status == 0 else { throw Failure(said: result.errorText) }
    }

    func path(_ name: String) -> String { (directory / name).text }

    func read(_ name: String) throws -> [UInt8] { try FileSystem.readAll(directory / name, limit: 1 << 20) }

    struct Failure: Error {
        var said: String
    }
}
